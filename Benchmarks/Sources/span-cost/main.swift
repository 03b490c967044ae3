// span-cost: nanoseconds a span, ours and others', as ratios to two bare counter reads.
//
//     swift run --package-path Benchmarks -c release span-cost
//
// Every figure is the median of nine rounds; rounds of all rows alternate, so that a noisy spell touches all of them.

import Foundation
import Hoofprint

HoofprintSystem.bootstrap(
    HoofprintSystem.Configuration(sinks: [InMemorySink()], probes: [], flushSeconds: 3600))

/// Times all rows, on one task.
func measure(rounds: Int) async -> [Row] {
    var rows = makeRows()
    for round in 0...rounds {
        for index in rows.indices {
            let clock = ContinuousClock()
            let start = clock.now
            await rows[index].body(rows[index].operations)
            let elapsed = (clock.now - start) / .nanoseconds(1)
            // The first round warms up.
            if round > 0 { rows[index].nanoseconds.append(elapsed / Double(rows[index].operations)) }
        }
    }
    return rows
}

let rows = await Task.detached { await measure(rounds: 9) }.value
HoofprintSystem.shutdown()

let floor = rows[0].median
print("ns/span  x floor  what")
for row in rows {
    print(String(format: "%7.1f  %7.2f  ", row.median, row.median / floor) + row.name)
}

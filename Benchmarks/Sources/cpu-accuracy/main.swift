// cpu-accuracy: how far a span's recorded on-CPU time is from what the kernel's clock of the thread says.
//
//     swift run --package-path Benchmarks -c release cpu-accuracy
//
// Spans of several patterns run on a thread pinned to one processor, first alone and then beside a thread that computes
// without end on the same processor. Exit status 1: the error is larger than promised.

import CMeasure
import Foundation
import Hoofprint
import Synchronization

/// Whether the competing thread shall go on.
let isCompeting = Atomic(true)

let sink = InMemorySink()
HoofprintSystem.bootstrap(HoofprintSystem.Configuration(mode: .every, sinks: [sink], probes: [], slowest: 0))

let alone = ["busy", "asleep", "yielding", "long", "part"] as [StaticString]
let beside = ["busy beside", "asleep beside", "yielding beside", "long beside", "part beside"] as [StaticString]
let measuredAlone = run(alone)
let competitor = Thread {
    guard measure_pin(0) else { fail("the system does not let a thread be pinned") }
    while isCompeting.load(ordering: .relaxed) { keep(0) }
}
competitor.start()
let measuredBeside = run(beside)
isCompeting.store(false, ordering: .relaxed)
HoofprintSystem.shutdown()

let recorded = Recorded(sink.contents)
print("error of a span's on-CPU time against CLOCK_THREAD_CPUTIME_ID, µs: mean and largest from the readings")
print("inside it, where an interrupt between a reading and its begin or end counts too; and the largest for certain")
print("   mean   certain   largest   spans  on CPU")
var rows: [Errors] = []
for (names, measured, suffix) in [(alone, measuredAlone, ""), (beside, measuredBeside, ", beside a busy thread")] {
    let titles = patterns(names).map(\.title) + ["each of the 20 spans"]
    for (title, name) in zip(titles, names) {
        rows.append(Errors(title + suffix, name.description, measured, recorded))
    }
}
for row in rows { print(row.line) }

let isMeanKept = rows.allSatisfy { $0.mean <= 1 }
let isMaximumKept = rows.allSatisfy { $0.maximum <= 25 }
print("\n\(isMeanKept ? "met   " : "MISSED")  mean error at most 1 µs, in every row")
print("\(isMaximumKept ? "met   " : "MISSED")  largest certain error at most 25 µs")
exit(isMeanKept && isMaximumKept ? 0 : 1)

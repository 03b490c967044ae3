// span-cost: nanoseconds a span, ours and others', as ratios to two bare counter reads.
//
//     swift run --package-path Benchmarks -c release span-cost
//
// Every figure is the median of nine rounds; rounds of all rows alternate, so that a noisy spell touches all of them.

import CSpanCost
import Foundation
import Hoofprint
import Logging
import Tracing

struct Row {
    let name: String
    let operations: Int
    let body: (Int) async -> Void
    var nanoseconds: [Double] = []

    init(_ name: String, operations: Int = 400_000, _ body: @escaping (Int) async -> Void) {
        self.name = name
        self.operations = operations
        self.body = body
    }

    var median: Double { nanoseconds.sorted()[nanoseconds.count / 2] }
}

@inline(never) func leaf() { keep(1) }

/// Lines to nowhere: the handler formats them as its users read them, the kernel throws them away.
struct NullStream: TextOutputStream {
    let descriptor: Int32
    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            let written = Foundation.write(descriptor, bytes.baseAddress, bytes.count)
            precondition(written == bytes.count, "/dev/null takes everything")
        }
    }
}

let null = open("/dev/null", O_WRONLY)
let logger = Logger(label: "bench") { _ in StreamLogHandler(label: "bench", stream: NullStream(descriptor: null)) }

HoofprintSystem.bootstrap(
    HoofprintSystem.Configuration(sinks: [InMemorySink()], probes: [], flushSeconds: 3600))

var rows = [
    Row("two counter reads (the floor)") { count in
        for _ in 0..<count {
            let start = counter_read()
            leaf()
            keep(counter_read() &- start)
        }
    },
    Row("no span") { count in for _ in 0..<count { leaf() } },
    Row("span, switched off") { count in
        HoofprintSystem.isRecording = false
        for _ in 0..<count { span("off") { leaf() } }
        HoofprintSystem.isRecording = true
    },
    Row("span under a span") { count in
        span("root") { for _ in 0..<count { span("child") { leaf() } } }
    },
    Row("span at top level") { count in for _ in 0..<count { span("top") { leaf() } } },
    Row("token under a span") { count in
        span("root") {
            for _ in 0..<count {
                let token = TraceSpan.begin("token")
                leaf()
                token.end()
            }
        }
    },
    Row("async span", operations: 100_000) { count in
        for _ in 0..<count { await span("async") { await Task<Never, Never>.checkNothing() } }
    },
    Row("await alone", operations: 100_000) { count in
        for _ in 0..<count { await Task<Never, Never>.checkNothing() }
    },
    Row("swift-distributed-tracing span, not bootstrapped", operations: 100_000) { count in
        for _ in 0..<count { withSpan("off") { _ in leaf() } }
    },
    Row("two swift-log lines to /dev/null", operations: 20_000) { count in
        for index in 0..<count {
            logger.info("begin", metadata: ["id": "\(index)"])
            leaf()
            logger.info("end", metadata: ["id": "\(index)"])
        }
    },
]

extension Task where Success == Never, Failure == Never {
    @inline(never) static func checkNothing() async { leaf() }
}

for round in 0..<10 {
    for index in rows.indices {
        let clock = ContinuousClock()
        let start = clock.now
        await rows[index].body(rows[index].operations)
        let elapsed = (clock.now - start) / .nanoseconds(1)
        // The first round warms up.
        if round > 0 { rows[index].nanoseconds.append(elapsed / Double(rows[index].operations)) }
    }
}
HoofprintSystem.shutdown()

let floor = rows[0].median
print("ns/span  x floor  what")
for row in rows {
    print(String(format: "%7.1f  %7.2f  ", row.median, row.median / floor) + row.name)
}

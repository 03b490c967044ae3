import CSpanCost
import Foundation
import Hoofprint
import Logging
import Tracing

/// One line of the table: something done many times.
struct Row: Sendable {
    let name: String
    let operations: Int
    let body: @Sendable (Int) async -> Void
    var nanoseconds: [Double] = []

    init(_ name: String, operations: Int = 400_000, _ body: @escaping @Sendable (Int) async -> Void) {
        self.name = name
        self.operations = operations
        self.body = body
    }

    var median: Double { nanoseconds.sorted()[nanoseconds.count / 2] }
}

@inline(never) func leaf() { keep(1) }
@inline(never) func asyncLeaf() async { keep(1) }

/// A task-local of the smallest kind.
enum Context {
    @TaskLocal static var number = 0
}

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

func makeRows() -> [Row] {
    let null = open("/dev/null", O_WRONLY)
    let logger = Logger(label: "bench") { _ in StreamLogHandler(label: "bench", stream: NullStream(descriptor: null)) }
    return [
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
        Row("await alone", operations: 100_000) { count in for _ in 0..<count { await asyncLeaf() } },
        Row("await in a new task-local", operations: 100_000) { count in
            for _ in 0..<count { await Context.$number.withValue(1) { await asyncLeaf() } }
        },
        Row("async span", operations: 100_000) { count in
            for _ in 0..<count { await span("async") { await asyncLeaf() } }
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
}

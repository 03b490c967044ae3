import CMeasure
import Foundation
import Hoofprint
import Logging
import Tracing

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

/// All rows. The first one is the floor.
func makeRows() -> [Row] {
    floorRows() + syncRows() + asyncRows() + peerRows()
}

private func floorRows() -> [Row] {
    [
        Row("two counter reads (the floor)") { count in
            for _ in 0..<count {
                let start = counter_read()
                leaf()
                keep(counter_read() &- start)
            }
        },
        Row("no span") { count in for _ in 0..<count { leaf() } },
        Row("span, switched off", isRecording: false) { count in for _ in 0..<count { span("off") { leaf() } } },
    ]
}

private func syncRows() -> [Row] {
    [
        Row("span under a span") { count in
            span("root") { for _ in 0..<count { span("child") { leaf() } } }
        },
        Row("3 spans in one another, a span", spans: 3) { count in
            span("root") { for _ in 0..<count { span("outer") { span("middle") { span("inner") { leaf() } } } } }
        },
        Row("4 spans in turn under a span, a span", spans: 4) { count in
            span("root") {
                for _ in 0..<count {
                    span("first") { leaf() }
                    span("second") { leaf() }
                    span("third") { leaf() }
                    span("fourth") { leaf() }
                }
            }
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
    ]
}

private func asyncRows() -> [Row] {
    [
        Row("await alone", operations: 100_000) { count in for _ in 0..<count { await asyncLeaf() } },
        Row("await between two counter reads", operations: 100_000) { count in
            for _ in 0..<count {
                let start = counter_read()
                await asyncLeaf()
                keep(counter_read() &- start)
            }
        },
        Row("await in a new task-local", operations: 100_000) { count in
            for _ in 0..<count { await Context.$number.withValue(1) { await asyncLeaf() } }
        },
        Row("async span", operations: 100_000) { count in
            for _ in 0..<count { await span("async") { await asyncLeaf() } }
        },
    ]
}

private func peerRows() -> [Row] {
    let null = open("/dev/null", O_WRONLY)
    let logger = Logger(label: "bench") { _ in StreamLogHandler(label: "bench", stream: NullStream(descriptor: null)) }
    return [
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

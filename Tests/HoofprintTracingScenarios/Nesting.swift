import Hoofprint
import Synchronization
import Tracing

/// Spans of the tracer in spans of Hoofprint, and the other way round.
enum Nesting {
    static func run() async {
        await both()
        await tasks()
        sync()
        await explicit()
        await renamed()
    }

    private static func both() async {
        await span("own.outer") {
            await withSpan("both.traced") { _ in
                await span("own.inner") {
                    await withSpan("both.innermost") { _ in
                        span("own.leaf") {}
                        await Task.yield()
                    }
                }
                span("own.sync") {}
            }
        }
    }

    private static func tasks() async {
        await withSpan("tasks") { _ in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        await withSpan("tasks.child") { _ in
                            await Task.yield()
                            await span("own.child") { await Task.yield() }
                        }
                    }
                }
            }
            await Task { await withSpan("tasks.unstructured") { _ in await Task.yield() } }.value
            await Task.detached { await withSpan("tasks.detached") { _ in await Task.yield() } }.value
        }
    }

    /// In a sync span of Hoofprint, which the recorder finds by its thread.
    private static func sync() {
        span("own.frame") {
            withSpan("sync.traced") { _ in
                withSpan("sync.inner") { _ in span("own.inFrame") { spend() } }
                span("own.inFrame") { spend() }
            }
            spend()
        }
    }

    /// Under contexts that were handed on.
    private static func explicit() async {
        let first = startSpan("explicit.first")
        await span("own.other") {
            await withSpan("explicit.second", context: first.context) { _ in
                await span("own.handedOn") { await Task.yield() }
            }
            await withSpan("explicit.topLevel", context: .topLevel) { _ in await Task.yield() }
        }
        first.end()
    }

    private static func renamed() async {
        await withSpan("renamed.before") { open in
            await span("own.before") { await Task.yield() }
            open.operationName = "renamed.after"
            await span("own.after") { await Task.yield() }
        }
    }

    private static let sink = Atomic(0)

    /// Some time on the processor.
    private static func spend() {
        for round in 0..<200_000 { sink.store(round, ordering: .relaxed) }
    }
}

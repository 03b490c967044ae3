import Foundation
import Hoofprint
import HoofprintTracing
import Tracing

/// How spans end, or do not.
enum Lifecycle {
    struct Failure: Error {}

    static func run() async {
        let twice = startSpan("twice")
        twice.end()
        twice.end()
        twice.operationName = "twice, and late"
        twice.recordError(Failure())

        let elsewhere = startSpan("elsewhere")
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                elsewhere.end()
                continuation.resume()
            }
        }
        await Task.detached { startSpan("elsewhere").end() }.value

        _ = startSpan("forgotten")

        try? withSpan("throwing") { _ in throw Failure() }
        try? await withSpan("throwing.async") { _ in
            await Task.yield()
            throw Failure()
        }
        let task = Task {
            try await withSpan("cancelled") { _ in
                try Task.checkCancellation()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        task.cancel()
        _ = await task.result

        withSpan("status.error") { $0.setStatus(SpanStatus(code: .error)) }
        withSpan("status.ok") {
            $0.recordError(Failure())
            $0.setStatus(SpanStatus(code: .ok))
        }
        withSpan("recorded") { $0.recordError(Failure()) }
    }

    /// Ends the process while a request is under way.
    static func hang() {
        let open = startSpan("hung.request")
        ServiceContext.withValue(open.context) {
            let inner = startSpan("hung.query")
            HoofprintSystem.flush()
            print(trace(of: open, inner))
            fflush(nil)
            kill(getpid(), SIGKILL)
            inner.end()
        }
        open.end()
    }

    /// The trace that both spans are part of, and the number of the first one.
    private static func trace(of open: any Span, _ inner: any Span) -> String {
        guard let first = open.context.hoofprintTrace, let second = inner.context.hoofprintTrace,
            first.traceID == second.traceID
        else { return "two traces" }
        return "\(first.traceID)-\(first.spanID)"
    }
}

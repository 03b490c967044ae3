#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Threads for what blocks: neither the tasks' threads nor an event loop may.
package enum BlockingThread {
    /// Runs `body` on a thread of its own, and does not wait for it.
    static func start(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let code = pthread_create(&thread, &attributes, runBody, context.toOpaque())
        pthread_attr_destroy(&attributes)
        // The system is out of threads or memory, as it is when a task's thread cannot be made; work that never runs
        // would be waited for without end.
        precondition(code == 0, "no thread can be made, error \(code): raise the limit of threads or memory")
    }

    /// Runs `body` on a thread of its own, and gives what it gives.
    package static func run<R: Sendable, E: Error>(
        _ body: @escaping @Sendable () throws(E) -> R
    ) async throws(E) -> R {
        let result = await withCheckedContinuation { continuation in
            start { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }

    fileprivate final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}

private func runBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<BlockingThread.Body>.fromOpaque(context).takeRetainedValue().run()
    return nil
}

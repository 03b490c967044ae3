import ServiceLifecycle
import Synchronization

/// Whether the server was told to stop: the first of the services to learn it, while connections still live.
package final class Readiness: Service {
    private let stopping = Atomic(false)

    /// Whether it was told.
    package var isStopping: Bool { stopping.load(ordering: .relaxed) }

    package func run() async throws {
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // Another service failed, and the server ends without being told.
        }
        stopping.store(true, ordering: .relaxed)
    }
}

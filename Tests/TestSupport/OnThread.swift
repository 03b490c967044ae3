import Foundation

/// Runs blocking work on a thread of its own: the tests' own threads are few, and a server in this process needs them.
package func onThread<R: Sendable, E: Error>(_ work: @escaping @Sendable () throws(E) -> R) async throws(E) -> R {
    let result = await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: Result(catching: work)) }
    }
    return try result.get()
}

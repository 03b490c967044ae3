import Foundation
import Synchronization

/// A thread that is started when it is first wanted, once, and ends when it is asked to.
final class LateThread: Sendable {
    private let state = Mutex((isRunning: false, isEnded: false))

    /// Whether it is to end, for ``begin(_:)``'s body to look at.
    var isEnded: Bool { state.withLock { $0.isEnded } }

    /// Starts the thread, unless it was started or ended before.
    func begin(_ body: @escaping @Sendable () -> Void) {
        let isNew = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning && !state.isEnded
        }
        if isNew { Thread.detachNewThread(body) }
    }

    /// Asks it to end.
    func end() { state.withLock { $0.isEnded = true } }
}

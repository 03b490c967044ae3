import Synchronization

/// Lets a number of tasks go on at once; the others wait in the order they came.
///
/// Waiting does not end early when the task is cancelled: what goes before it is short.
final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// - Parameter count: How many go on at once.
    init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    /// Waits for a turn. Every one taken is to be passed on with ``end()``.
    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    /// Ends a turn, so that the next may go on.
    func end() {
        let next: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }

    /// How many wait.
    var waiting: Int { state.withLock { $0.waiting.count } }
}

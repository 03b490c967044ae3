import Synchronization

/// Something that tasks wait for, with a time limit, and threads announce.
///
/// A waiter names the state it has seen, so that what is announced between looking and waiting is not missed.
final class Wakeup: Sendable {
    private struct State {
        var count: UInt64 = 0
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// How often something was announced.
    var count: UInt64 { state.withLock { $0.count } }

    /// Lets all go on that wait.
    func announce() {
        let waiters = state.withLock { state in
            state.count &+= 1
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Waits until something is announced after `seen`, the time is over, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - seen: The ``count`` before the caller looked for what it waits for.
    ///   - limit: When to stop waiting.
    func wait(after seen: UInt64, until limit: ContinuousClock.Instant) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        // The timer leaves at once what was announced before; its cancellation ends it.
        let timer = Task {
            do {
                try await Task.sleep(until: limit, clock: .continuous)
                self.release(number)
            } catch {
                // The wait was over before the time was.
            }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    let isOver = state.count != seen || Task.isCancelled || limit <= .now
                    if !isOver { state.waiters[number] = continuation }
                    return isOver
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            release(number)
        }
        timer.cancel()
    }

    private func release(_ number: UInt64) {
        state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
    }
}

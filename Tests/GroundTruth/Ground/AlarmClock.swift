import Glibc

/// Resumes continuations when their time has come, on a thread of its own.
final class AlarmClock: @unchecked Sendable {
    // Sound: `alarms` is touched under the mutex alone.
    private var alarms: [(at: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    private let mutex = Latch()

    static let shared = AlarmClock()

    private init() {
        _ = Worker { [self] in
            while true {
                let now = Clock.now()
                for alarm in due(at: now) { alarm.resume() }
                pause(100_000)
            }
        }
    }

    private func due(at now: UInt64) -> [CheckedContinuation<Void, Never>] {
        mutex.with {
            let due = alarms.filter { $0.at <= now }.map(\.continuation)
            alarms.removeAll { $0.at <= now }
            return due
        }
    }

    /// Suspends the task for so long.
    func suspend(_ nanoseconds: UInt64) async {
        let at = Clock.now() + nanoseconds
        await withCheckedContinuation { continuation in
            mutex.with { alarms.append((at, continuation)) }
        }
    }
}

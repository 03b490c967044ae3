import CHoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// How other threads ask the flush thread for a flush, and wait for it.
final class FlushSignal: @unchecked Sendable {
    // Sound: every field is read and written with the mutex held.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var requested: UInt64 = 0
    private var completed: UInt64 = 0
    private var isStopping = false

    /// What woke the flush thread.
    enum Wake {
        case time
        case request(UInt64)
        case stop(UInt64)
        /// The process is to end by the signal, or crashed with it.
        case signal(Int32)
    }

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Waits must not stretch or shrink when the system's clock is stepped.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Asks for a flush and waits until it is done, at most `timeoutSeconds`. Returns whether it was done.
    func request(stop: Bool = false, timeoutSeconds: Double) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        requested += 1
        let mine = requested
        if stop { isStopping = true }
        hp_wake_flush()
        var deadline = Self.deadline(after: timeoutSeconds)
        while completed < mine {
            // An early timeout, as libfaketime's where the clock is stepped, is none.
            let status = pthread_cond_timedwait(condition, mutex, &deadline)
            if status == ETIMEDOUT, Self.isPast(deadline) { return completed >= mine }
        }
        return true
    }

    /// Waits, on the flush thread, for a request, for requests to gather, for a signal or `seconds`.
    func wait(seconds: Double) -> Wake {
        hp_flush_wait(UInt64(seconds * 1e9))
        let signal = hp_ending_signal()
        if signal != 0 { return .signal(signal) }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if isStopping { return .stop(requested) }
        return requested > completed ? .request(requested) : .time
    }

    /// Tells the waiting threads that requests up to `number` are done.
    func complete(_ number: UInt64) {
        pthread_mutex_lock(mutex)
        completed = max(completed, number)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    private static func isPast(_ deadline: timespec) -> Bool {
        let now = Self.deadline(after: 0)
        return (now.tv_sec, now.tv_nsec) >= (deadline.tv_sec, deadline.tv_nsec)
    }

    private static func deadline(after seconds: Double) -> timespec {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let nanoseconds = Int(seconds * 1e9) + now.tv_nsec
        return timespec(tv_sec: now.tv_sec + nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
    }
}

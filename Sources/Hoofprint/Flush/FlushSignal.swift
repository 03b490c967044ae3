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
    private var isWorkThere = false

    /// What woke the flush thread.
    enum Wake {
        case time
        case request(UInt64)
        case stop(UInt64)
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
        pthread_cond_broadcast(condition)
        var deadline = Self.deadline(after: timeoutSeconds)
        while completed < mine {
            if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { return completed >= mine }
        }
        return true
    }

    /// Wakes the flush thread: there is something to gather.
    func announceWork() {
        pthread_mutex_lock(mutex)
        isWorkThere = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits, on the flush thread, for a request, for work or `seconds`.
    func wait(seconds: Double) -> Wake {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var deadline = Self.deadline(after: seconds)
        while requested == completed, !isStopping, !isWorkThere {
            if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { break }
        }
        isWorkThere = false
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

    private static func deadline(after seconds: Double) -> timespec {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let nanoseconds = Int(seconds * 1e9) + now.tv_nsec
        return timespec(tv_sec: now.tv_sec + nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
    }
}

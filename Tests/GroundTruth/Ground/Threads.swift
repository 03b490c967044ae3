import Glibc

/// A thread of the program's own.
public struct Worker: @unchecked Sendable {
    // Sound: the handle is joined once.
    private let handle: pthread_t

    /// Starts a thread.
    public init(_ body: @escaping @Sendable () -> Void) {
        var handle = pthread_t()
        let box = Unmanaged.passRetained(Body(body))
        let status = pthread_create(
            &handle, nil,
            { box in
                if let box { Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        guard status == 0 else { fail("cannot start a thread: error \(status)") }
        self.handle = handle
    }

    /// Waits until it has ended.
    public func join() { pthread_join(handle, nil) }
}

private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// A semaphore of the C library.
final class Semaphore: @unchecked Sendable {
    // Sound: sem_post and sem_wait may be called by any thread.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }
    func post() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) == -1, errno == EINTR {} }
}

/// Things of which each can serve one caller at a time; another one is made where all are taken.
final class Pool<Element: Sendable>: @unchecked Sendable {
    // Sound: `free` is touched under the mutex alone.
    private var free: [Element] = []
    private let mutex = Latch()
    private let make: @Sendable () -> Element

    init(_ make: @escaping @Sendable () -> Element) { self.make = make }

    func take(_ body: (Element) -> Void) {
        let element = mutex.with { free.popLast() } ?? make()
        body(element)
        mutex.with { free.append(element) }
    }
}

/// A mutex of the C library: a thread that waits for it is blocked in futex(2), and does not spin before.
final class Latch: @unchecked Sendable {
    // Sound: a mutex is there for several threads.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() { pthread_mutex_init(mutex, nil) }
    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }

    func with<R>(_ body: () -> R) -> R {
        lock()
        defer { unlock() }
        return body()
    }
}

/// Sleeps for so long, whatever signals come.
func pause(_ nanoseconds: UInt64) {
    let until = Clock.now() + nanoseconds
    var time = timespec(tv_sec: Int(until / 1_000_000_000), tv_nsec: Int(until % 1_000_000_000))
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
}

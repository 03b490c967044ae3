import Glibc
import Synchronization

/// The truth about a run, by the program's own clock reads: each call with its caller, begin, end and time on a processor.
///
/// It knows nothing of Hoofprint. A function begins by `enter` and ends by `leave`, so that what is measured lies inside
/// the function's span but for some 100 ns.
public enum Calls {
    /// A call, as it is written to the file of truth: six numbers of 64 bits.
    struct Call {
        /// Its function's number.
        var function: Int64
        /// The number of the call that made it; -1: none.
        var caller: Int64
        /// By CLOCK_MONOTONIC, nanoseconds.
        var began: UInt64
        var ended: UInt64
        /// By the thread's CPU clock, nanoseconds: of a function that does not suspend what passed on its thread, else what
        /// its own code span.
        var cpu: UInt64
        /// 1: it may suspend.
        var suspends: Int64
    }

    private static let capacity = 1 << 20
    // Sound: a call's entry is written by the thread that the call runs on, and read when all threads have ended.
    nonisolated(unsafe) private static let calls = UnsafeMutablePointer<Call>.allocate(capacity: capacity)
    private static let count = Atomic<Int>(0)

    /// Notes that a function begins on this thread, which it does not leave.
    ///
    /// - Returns: The call's number, for `leave` and for those it calls.
    public static func enter(_ function: Int, under caller: Int) -> Int {
        let number = add(function, under: caller, suspends: 0)
        calls[number].began = Clock.now()
        calls[number].cpu = Clock.cpu()
        return number
    }

    /// Notes that a function ends that `enter` began.
    public static func leave(_ number: Int) {
        calls[number].cpu = Clock.cpu() - calls[number].cpu
        calls[number].ended = Clock.now()
    }

    /// Notes that an async function begins.
    public static func enterAsync(_ function: Int, under caller: Int) -> Int {
        let number = add(function, under: caller, suspends: 1)
        calls[number].cpu = 0
        calls[number].began = Clock.now()
        return number
    }

    /// Notes that an async function ends.
    public static func leaveAsync(_ number: Int) {
        calls[number].ended = Clock.now()
    }

    /// Notes what an async function's own code used of a processor, nanoseconds.
    static func add(cpu: UInt64, to number: Int) {
        if calls[number].suspends == 1 { calls[number].cpu += cpu }
    }

    /// Which of the calls of its function a call is like: the same for the same number, 0…63.
    static func kind(of number: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(number) &* 0x9E37_79B9_7F4A_7C15) >> 58)
    }

    private static func add(_ function: Int, under caller: Int, suspends: Int64) -> Int {
        let number = count.add(1, ordering: .relaxed).oldValue
        guard number < capacity else { fail("there are more than \(capacity) calls; ask for less time") }
        calls[number] = Call(
            function: Int64(function), caller: Int64(caller), began: 0, ended: 0, cpu: 0, suspends: suspends)
        return number
    }

    /// Writes all calls, once all have ended.
    public static func write(to path: String) {
        guard let file = fopen(path, "w") else { fail("cannot open '\(path)': errno \(errno)") }
        let wanted = count.load(ordering: .sequentiallyConsistent)
        guard fwrite(calls, MemoryLayout<Call>.stride, wanted, file) == wanted, fclose(file) == 0 else {
            fail("cannot write '\(path)': errno \(errno)")
        }
    }
}

/// The clocks that truth goes by.
enum Clock {
    static func now() -> UInt64 { read(CLOCK_MONOTONIC) }
    static func cpu() -> UInt64 { read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Ends the program: what it would measure is not the truth.
func fail(_ text: String) -> Never {
    let line = "truth: \(text)\n"
    _ = write(STDERR_FILENO, line, line.utf8.count)
    exit(70)
}

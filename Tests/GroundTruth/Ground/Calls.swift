import Glibc
import Synchronization

/// The truth about a run, by the program's own clock reads: each call with its caller, begin, end and time on a processor.
///
/// It knows nothing of Hoofprint. Who calls reads the clock before and after the call, and the function that is called at its
/// begin and end: the function's span lies between the two, whatever happens between two reads.
public enum Calls {
    /// A call, as it is written to the file of truth: nine numbers of 64 bits. Times are by CLOCK_MONOTONIC, nanoseconds.
    struct Call {
        /// Its function's number.
        var function: Int64
        /// The number of the call that made it; -1: none.
        var caller: Int64
        /// When it was called.
        var called: UInt64
        /// When its body began.
        var began: UInt64 = 0
        /// When its body ended.
        var ended: UInt64 = 0
        /// When the caller went on.
        var returned: UInt64 = 0
        /// By the thread's CPU clock, nanoseconds: of a function that does not suspend what passed on its thread, else what
        /// its own code used.
        var cpu: UInt64 = 0
        /// What passed of the caller's thread's CPU clock, nanoseconds; of no meaning where the function suspends.
        var callerCPU: UInt64
        /// 1: it may suspend.
        var suspends: Int64 = 0
    }

    private static let capacity = 1 << 20
    // Sound: a call's entry is written by the thread that the call runs on, and read when all threads have ended.
    nonisolated(unsafe) private static let calls = UnsafeMutablePointer<Call>.allocate(capacity: capacity)
    private static let count = Atomic<Int>(0)

    /// Notes that a function is called.
    ///
    /// - Parameter caller: The number of the call that calls it; -1: none.
    /// - Returns: The call's number.
    public static func call(_ function: Int, from caller: Int) -> Int {
        let number = count.add(1, ordering: .relaxed).oldValue
        guard number < capacity else { fail("there are more than \(capacity) calls; ask for less time") }
        let cpu = Clock.cpu()
        calls[number] = Call(function: Int64(function), caller: Int64(caller), called: Clock.now(), callerCPU: cpu)
        return number
    }

    /// Notes that the caller goes on.
    public static func returned(_ number: Int) {
        calls[number].returned = Clock.now()
        calls[number].callerCPU = Clock.cpu() &- calls[number].callerCPU
    }

    /// Notes that the body of a function begins on this thread, which it does not leave.
    public static func enter(_ number: Int) {
        calls[number].began = Clock.now()
        calls[number].cpu = Clock.cpu()
    }

    /// Notes that a body ends that `enter` began.
    public static func leave(_ number: Int) {
        calls[number].cpu = Clock.cpu() - calls[number].cpu
        calls[number].ended = Clock.now()
    }

    /// Notes that the body of an async function begins.
    public static func enterAsync(_ number: Int) {
        calls[number].suspends = 1
        calls[number].began = Clock.now()
    }

    /// Notes that the body of an async function ends.
    public static func leaveAsync(_ number: Int) { calls[number].ended = Clock.now() }

    /// Notes what an async function's own code used of a processor, nanoseconds.
    static func add(cpu: UInt64, to number: Int) {
        if calls[number].suspends == 1 { calls[number].cpu += cpu }
    }

    /// Which of the calls of its function a call is like: the same for the same number, 0…63.
    static func kind(of number: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(number) &* 0x9E37_79B9_7F4A_7C15) >> 58)
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

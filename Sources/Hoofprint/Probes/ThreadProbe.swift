/// The process's threads by state, and how long they ran and waited for a processor: what `top -H` shows, in sum. From
/// `/proc/self/task/TID/stat` and `schedstat` (proc(5); Documentation/scheduler/sched-stats.rst in the kernel's sources);
/// some 13 µs a thread, the first ``maximumThreads`` are looked at.
public struct ThreadProbe: Probe {
    /// `threads`.
    public let name = "threads"

    /// Beyond this many, threads are only counted, as `unread`.
    public static let maximumThreads = 32

    /// Makes the probe.
    public init() {}

    /// Reads how many `threads` there are; how many of them are `running` (or ready to; the one that reads is), `sleeping`,
    /// in `disk_wait` (or another wait that nothing ends early), or `others` (stopped, ending); how many are `unread`, of whom
    /// at most 1,000 are counted; and of
    /// the threads that were read `on_cpu_us` and `run_queue_wait_us`, how long each ran and was ready while others did,
    /// since it began.
    ///
    /// A thread that ends takes its times out of the sums. A kernel without schedstat gives no times.
    public func read() -> [ProbeCounter] {
        guard let folder = ThreadFolder() else { return [] }
        var sums = Sums()
        let unread = folder.forEach(maximum: Self.maximumThreads) { number in
            // One that ended meanwhile is not there.
            ProcText.reading("\(number)/stat", in: folder.descriptor) { Self.state(&$0) }.map { sums.count($0) }
            ProcText.reading("\(number)/schedstat", in: folder.descriptor) { Self.times(&$0) }.map { sums.add($0) }
        }
        return sums.counters(unread: unread)
    }

    /// The state's letter. It follows the thread's name in parentheses, which may itself hold whatever there is.
    static func state(_ text: inout ProcText) -> UInt8? {
        text.skip(toLast: UInt8(ascii: ")")) ? text.word()?.first : nil
    }

    /// Nanoseconds on a processor and waiting for one: the first two numbers.
    static func times(_ text: inout ProcText) -> (onCPU: UInt64, wait: UInt64)? {
        guard let onCPU = text.number(), let wait = text.number() else { return nil }
        return (onCPU, wait)
    }

    private struct Sums {
        private var running: UInt64 = 0
        private var sleeping: UInt64 = 0
        private var diskWait: UInt64 = 0
        private var others: UInt64 = 0
        private var times: (onCPU: UInt64, wait: UInt64)?

        mutating func count(_ state: UInt8) {
            switch state {
            case UInt8(ascii: "R"): running += 1
            case UInt8(ascii: "S"), UInt8(ascii: "I"): sleeping += 1
            case UInt8(ascii: "D"): diskWait += 1
            default: others += 1
            }
        }

        mutating func add(_ more: (onCPU: UInt64, wait: UInt64)) {
            let sum = times ?? (0, 0)
            times = (sum.onCPU &+ more.onCPU, sum.wait &+ more.wait)
        }

        func counters(unread: UInt64) -> [ProbeCounter] {
            var counters = [
                ProbeCounter(name: "threads", value: running + sleeping + diskWait + others + unread),
                ProbeCounter(name: "running", value: running), ProbeCounter(name: "sleeping", value: sleeping),
                ProbeCounter(name: "disk_wait", value: diskWait), ProbeCounter(name: "others", value: others),
                ProbeCounter(name: "unread", value: unread),
            ]
            if let times {
                counters.append(ProbeCounter(name: "on_cpu_us", value: times.onCPU / 1000))
                counters.append(ProbeCounter(name: "run_queue_wait_us", value: times.wait / 1000))
            }
            return counters
        }
    }
}

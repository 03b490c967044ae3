#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The process's CPU time, memory, page faults and context switches: what htop shows. From getrusage(2) and
/// `/proc/thread-self/statm` (proc(5)); some 7 µs a reading.
public struct ProcessProbe: Probe {
    /// `process`.
    public let name = "process"

    /// RUSAGE_SELF, whose type differs between C libraries.
    private static let ownProcess: Int32 = 0

    /// Makes the probe.
    public init() {}

    /// Reads `user_us`, `system_us`, `resident_bytes`, `peak_resident_bytes`, `minor_faults`, `major_faults`,
    /// `voluntary_switches` and `involuntary_switches`; all but the resident bytes are cumulative.
    public func read() -> [ProbeCounter] {
        var usage = rusage()
        guard getrusage(Self.ownProcess, &usage) == 0 else { return [] }
        var counters = [
            counter("user_us", microseconds(usage.ru_utime)),
            counter("system_us", microseconds(usage.ru_stime)),
            counter("peak_resident_bytes", usage.ru_maxrss * 1024),
            counter("minor_faults", usage.ru_minflt),
            counter("major_faults", usage.ru_majflt),
            counter("voluntary_switches", usage.ru_nvcsw),
            counter("involuntary_switches", usage.ru_nivcsw),
        ]
        if let resident = residentBytes() { counters.append(counter("resident_bytes", resident)) }
        return counters
    }

    private func counter(_ name: String, _ value: Int) -> ProbeCounter {
        ProbeCounter(name: name, value: UInt64(max(0, value)))
    }

    private func microseconds(_ time: timeval) -> Int {
        Int(time.tv_sec) * 1_000_000 + Int(time.tv_usec)
    }

    /// The second number of statm, in pages.
    private func residentBytes() -> Int? {
        let pages = ProcText.reading("/proc/thread-self/statm") { $0.skip(words: 1) ? $0.number() : nil }
        guard let pages else { return nil }
        let (bytes, isTooLarge) = Int(clamping: pages).multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
        return isTooLarge ? nil : bytes
    }
}

/// How busy the machine and the process's control group are: load, stalls for want of processor, memory and storage, and
/// the group's memory and throttling. What `uptime`, the head of htop and `systemd-cgtop` show.
///
/// From `/proc/loadavg` (proc(5)), `/proc/pressure` (Documentation/accounting/psi.rst in the kernel's sources) and, where
/// control groups of version 2 are in use, the group's `memory.current`, `memory.max` and `cpu.stat`
/// (Documentation/admin-guide/cgroup-v2.rst). What the kernel does not have is left out. Some 50 µs a reading.
public struct PressureProbe: Probe {
    /// `pressure`.
    public let name = "pressure"

    private let processes: String
    private let controlGroups: String

    /// Makes the probe.
    public init() {
        self.init(processes: "/proc", controlGroups: "/sys/fs/cgroup")
    }

    /// Makes a probe that looks elsewhere.
    init(processes: String, controlGroups: String) {
        self.processes = processes
        self.controlGroups = controlGroups
    }

    /// Reads
    /// - `load1_milli`, `load5_milli`, `load15_milli`: threads that run or wait for processor or disk, a thousandfold, on
    ///   average over so many minutes; `runnable`: threads that run or are ready to now, and `entities`: all, on the machine;
    /// - for each of `cpu`, `memory` and `io`, as `cpu_some_us`: how long since the machine's start some thread, and as
    ///   `cpu_full_us` all threads that had work, stood still for want of it; as `cpu_some_avg10_centipercent` the share of
    ///   the last ten seconds, in hundredths of a percent;
    /// - `cgroup_memory_bytes` and, where there is one, `cgroup_memory_limit_bytes`; `cgroup_throttled` and
    ///   `cgroup_throttled_us`: how often and how long the group had used up its share of the processors.
    public func read() -> [ProbeCounter] {
        var counters: [ProbeCounter] = []
        counters.reserveCapacity(24)
        ProcText.reading(processes + "/loadavg") { Self.addLoad(&$0, to: &counters) }
        for resource in ["cpu", "memory", "io"] {
            ProcText.reading(processes + "/pressure/" + resource) { Self.addStalls(&$0, of: resource, to: &counters) }
        }
        if let group = ProcText.reading(processes + "/self/cgroup", { Self.group(&$0) }) {
            addGroup(controlGroups + group, to: &counters)
        }
        return counters
    }

    /// `0.20 0.18 0.12 1/80 11206`.
    static func addLoad(_ text: inout ProcText, to counters: inout [ProbeCounter]) {
        for minutes in ["load1_milli", "load5_milli", "load15_milli"] {
            guard let load = text.fixedPoint(decimals: 3) else { return }
            counters.append(ProbeCounter(name: minutes, value: load))
        }
        guard var pair = text.word(), let runnable = pair.number(before: UInt8(ascii: "/")),
            let entities = pair.number()
        else { return }
        counters.append(ProbeCounter(name: "runnable", value: runnable))
        counters.append(ProbeCounter(name: "entities", value: entities))
    }

    /// `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, and the same for `full`.
    static func addStalls(_ text: inout ProcText, of resource: String, to counters: inout [ProbeCounter]) {
        while var line = text.line() {
            let kind: String
            switch line.word() {
            case let word? where word.isEqual(to: "some"): kind = resource + "_some"
            case let word? where word.isEqual(to: "full"): kind = resource + "_full"
            default: continue
            }
            while var word = line.word() {
                if word.skip("avg10="), let share = word.fixedPoint(decimals: 2) {
                    counters.append(ProbeCounter(name: kind + "_avg10_centipercent", value: share))
                } else if word.skip("total="), let time = word.number() {
                    counters.append(ProbeCounter(name: kind + "_us", value: time))
                }
            }
        }
    }

    /// The path of the process's group in the hierarchy of version 2, the line of number 0 (cgroups(7)). Nil: there is none, or
    /// it is outside of what this process sees.
    static func group(_ text: inout ProcText) -> String? {
        while var line = text.line() {
            guard line.skip("0::") else { continue }
            let path = line.string
            return path.hasPrefix("/") && !path.contains("/..") ? path : nil
        }
        return nil
    }

    private func addGroup(_ folder: String, to counters: inout [ProbeCounter]) {
        let memory = ProcText.reading(folder + "/memory.current") { $0.number() }
        if let memory { counters.append(ProbeCounter(name: "cgroup_memory_bytes", value: memory)) }
        // The word `max` is no limit.
        let limit = ProcText.reading(folder + "/memory.max") { $0.number() }
        if let limit { counters.append(ProbeCounter(name: "cgroup_memory_limit_bytes", value: limit)) }
        ProcText.reading(folder + "/cpu.stat") { Self.addThrottling(&$0, to: &counters) }
    }

    static func addThrottling(_ text: inout ProcText, to counters: inout [ProbeCounter]) {
        while var line = text.line() {
            guard let key = line.word(), let value = line.number() else { continue }
            if key.isEqual(to: "nr_throttled") {
                counters.append(ProbeCounter(name: "cgroup_throttled", value: value))
            } else if key.isEqual(to: "throttled_usec") {
                counters.append(ProbeCounter(name: "cgroup_throttled_us", value: value))
            }
        }
    }
}

import TraceLog

/// The records of a log one by one, where ids, clocks and durations matter.
extension WrittenLog {
    /// A clock of this rate ten seconds after the start.
    mutating func writeClock(hz: UInt64 = 1_000_000_000) {
        write(
            .clock(
                ClockRecord(
                    wallNanoseconds: Self.start + 10_000_000_000, monotonicNanoseconds: 10_000_000_000,
                    ticks: hz.multipliedReportingOverflow(by: 10).partialValue, ticksPerSecond: hz)))
    }

    mutating func writeCallsite(_ id: UInt64, _ name: String) {
        write(.callsite(CallsiteRecord(id: id, name: name, function: "run(_:)", file: "Server/Store.swift", line: id)))
    }

    mutating func writePath(_ id: UInt64, parent: UInt64, callsite: UInt64, form: PathRecord.Form = .sync) {
        write(.path(PathRecord(id: id, parent: parent, callsite: callsite, form: form)))
    }

    /// Counters with a histogram of `durations`, in ticks.
    mutating func writeStats(
        _ path: UInt64, count: UInt64, total: UInt64, own: UInt64, cpu: UInt64, durations: [UInt64]
    ) {
        var histogram = DurationHistogram()
        for ticks in durations { histogram.add(ticks: ticks) }
        let stats = StatsRecord(
            path: path, count: count, totalNanoseconds: total, selfNanoseconds: own, cpuNanoseconds: cpu,
            maximumNanoseconds: durations.max() ?? 0, errors: 0, folded: 0, histogram: histogram)
        for record in stats.split() { write(record) }
    }
}

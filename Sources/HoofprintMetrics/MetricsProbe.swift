import Hoofprint
import Synchronization

/// Reads the series at every flush: those that have changed since they were read last, and every ten minutes all.
final class MetricsProbe: Probe {
    /// `metrics`: what there is to say of the series altogether.
    let name = "metrics"

    private let registry: SeriesRegistry
    private let written = Mutex(Written())

    /// All series are repeated this often, so that a log that is cut or rotated has them all.
    private static let repetition = Duration.seconds(600)

    private struct Written {
        /// What each series was when it was read last.
        var revisions: [ObjectIdentifier: UInt64] = [:]
        var nextRepetition = ContinuousClock.now
    }

    init(registry: SeriesRegistry) {
        self.registry = registry
    }

    /// Reads how many `series` there are, how many were `refused` because there were too many or their names too long, and
    /// how many values were `lost`: given to a series that was refused, or none that a series can hold.
    func read() -> [ProbeCounter] {
        let totals = registry.totals
        return [
            ProbeCounter(name: "series", value: UInt64(totals.series)),
            ProbeCounter(name: "refused", value: totals.refused), ProbeCounter(name: "lost", value: totals.lost),
        ]
    }

    /// Reads each series that has changed, and what there is to say of all; nothing where there never was a series.
    func readings() -> [ProbeReading] {
        let (current, ended) = registry.take()
        let totals = read()
        guard totals.contains(where: { $0.value > 0 }) || !ended.isEmpty else { return [] }
        return written.withLock { written in
            let now = ContinuousClock.now
            let isWhole = now >= written.nextRepetition
            if isWhole { written.nextRepetition = now + Self.repetition }
            var readings = [ProbeReading(name: name, counters: totals)]
            for series in ended + current {
                let known = written.revisions.updateValue(series.revision, forKey: ObjectIdentifier(series))
                guard isWhole || known != series.revision else { continue }
                let counters = series.read()
                guard !counters.isEmpty else { continue }
                readings.append(ProbeReading(name: series.key.name, counters: counters))
            }
            for series in ended { written.revisions[ObjectIdentifier(series)] = nil }
            return readings
        }
    }
}

import TraceLog

/// Adds up what sessions used beside time.
struct ResourceTotals {
    private var roots: [FunctionPlace: RootUsage] = [:]
    private var counters: [CounterSummary] = []

    /// Adds one session: its processes' counters, and what the requests of selected roots used.
    mutating func add(_ paths: SessionPaths) {
        let resources = paths.session.details.resources
        for (path, usage) in resources.usages where paths.isSelected(id: path) {
            let place = paths.session.place(ofPath: path)
            add(
                usage.value, calls: paths.session.paths[path]?.counters.count ?? 0,
                to: &roots[place, default: RootUsage(place: place)])
        }
        for (key, counter) in resources.counters {
            var summary = CounterSummary(
                session: paths.session.tag, probe: key.probe, name: key.name, value: counter.first.value)
            summary.readings = counter.count
            summary.last = counter.last.value
            summary.minimum = counter.minimum
            summary.maximum = counter.maximum
            summary.growthPerSecond = resources.growthPerSecond(of: counter)
            counters.append(summary)
        }
    }

    /// Returns the sums in a repeatable order.
    consuming func finished() -> ResourceSummary {
        var summary = ResourceSummary()
        summary.roots = roots.values.sorted { $0.place < $1.place }
        summary.counters = counters.sorted { ($0.session, $0.probe, $0.name) < ($1.session, $1.probe, $1.name) }
        return summary
    }

    private func add(_ usage: UsageRecord, calls: UInt64, to sum: inout RootUsage) {
        sum.requests = saturatingSum(sum.requests, calls)
        sum.minorFaults = saturatingSum(sum.minorFaults, usage.minorFaults)
        sum.majorFaults = saturatingSum(sum.majorFaults, usage.majorFaults)
        sum.voluntarySwitches = saturatingSum(sum.voluntarySwitches, usage.voluntarySwitches)
        sum.involuntarySwitches = saturatingSum(sum.involuntarySwitches, usage.involuntarySwitches)
        sum.blocksIn = saturatingSum(sum.blocksIn, usage.blocksIn)
        sum.blocksOut = saturatingSum(sum.blocksOut, usage.blocksOut)
    }
}

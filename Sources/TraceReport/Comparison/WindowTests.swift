/// Tests of functions' numbers, window against window.
struct WindowTests {
    let before: ComparedWindows
    let after: ComparedWindows
    let options: Comparison.Options

    /// A quantile of fewer calls is hardly more than their longest, or than a single one.
    private static let leastCallsForP99: UInt64 = 100
    private static let leastCallsForMedian: UInt64 = 20
    private static let leastRequests: UInt64 = 20

    /// Calls per request are told apart at a stricter level, so that they hardly add to the alarms of the times.
    private var callsLevel: Double { options.level / 5 }

    /// Values of one number of one function, by window.
    private struct Samples {
        var before: [Double]
        var after: [Double]
    }

    /// Returns the functions with what became of their numbers, in the order given.
    func compared(_ pairs: [(before: FunctionSummary, after: FunctionSummary)]) -> [FunctionComparison] {
        let times = changes(pairs.flatMap(timeSamples), level: options.level)
        let calls = changes(pairs.map { perRequest(\.count, of: $0) }, level: callsLevel)
        return pairs.enumerated().map { index, pair in
            FunctionComparison(
                before: pair.before, after: pair.after, p50: times[3 * index], p99: times[3 * index + 1],
                selfTime: times[3 * index + 2], calls: calls[index])
        }
    }

    private func timeSamples(of pair: (before: FunctionSummary, after: FunctionSummary)) -> [Samples] {
        let places = (pair.before.place, pair.after.place)
        let typical = max(before.typicalCalls(of: places.0), after.typicalCalls(of: places.1))
        func quantiles(_ quantile: Double, _ minimum: UInt64) -> Samples {
            // Windows of both logs then have about as many calls, whatever the traffic.
            let least = max(minimum, typical / 2)
            return Samples(
                before: before.quantiles(quantile, of: places.0, callsAtLeast: least),
                after: after.quantiles(quantile, of: places.1, callsAtLeast: least))
        }
        return [
            quantiles(0.5, Self.leastCallsForMedian), quantiles(0.99, Self.leastCallsForP99),
            perRequest(\.selfNanoseconds, of: pair),
        ]
    }

    private func perRequest(
        _ value: KeyPath<Timeline.Window, UInt64>, of pair: (before: FunctionSummary, after: FunctionSummary)
    ) -> Samples {
        let least = max(Self.leastRequests, max(before.typicalRequests, after.typicalRequests) / 2)
        return Samples(
            before: before.perRequest(value, of: pair.before.place, requestsAtLeast: least),
            after: after.perRequest(value, of: pair.after.place, requestsAtLeast: least))
    }

    /// Tests a family of samples together.
    private func changes(_ family: [Samples], level: Double) -> [MetricChange] {
        let minimum = max(2, options.minimumWindows)
        let tested = family.indices.filter { min(family[$0].before.count, family[$0].after.count) >= minimum }
        let pValues = HolmCorrection.adjusted(tested.map { MannWhitney(family[$0].before, family[$0].after).pValue })
        let pValueOfIndex = Dictionary(uniqueKeysWithValues: zip(tested, pValues))
        return family.enumerated().map { index, samples in
            var change = measured(samples)
            guard let pValue = pValueOfIndex[index] else { return change }
            // With so many tests, samples of this size may be too small whatever they hold.
            let best = MannWhitney.smallestPValue(samples.before.count, samples.after.count)
            guard best * Double(tested.count) <= level else { return change }
            change.pValue = pValue
            change.verdict = verdict(change, level: level)
            return change
        }
    }

    private func measured(_ samples: Samples) -> MetricChange {
        var change = MetricChange(windowsBefore: samples.before.count, windowsAfter: samples.after.count)
        guard !samples.before.isEmpty, !samples.after.isEmpty else { return change }
        let hasEnough = min(samples.before.count, samples.after.count) >= options.minimumWindows
        let relative = RelativeChange(samples.before, samples.after, resamples: hasEnough ? options.resamples : 0)
        (change.before, change.after) = (relative.before, relative.after)
        (change.change, change.interval) = (relative.change, relative.interval)
        return change
    }

    private func verdict(_ change: MetricChange, level: Double) -> Verdict {
        guard let pValue = change.pValue, pValue <= level, let before = change.before, let after = change.after
        else { return .unchanged }
        if let share = change.change, abs(share) < options.threshold { return .unchanged }
        return after > before ? .slower : after < before ? .faster : .unchanged
    }
}

import TraceLog

/// How long the bodies of all spans of a path took, in counter ticks.
struct ExactDurations {
    private let sorted: [UInt64]

    init(_ durations: [UInt64]) {
        sorted = durations.sorted()
    }

    /// The duration that a share `quantile` of all do not exceed.
    func quantile(_ quantile: Double) -> Double {
        Double(sorted[max(1, Int((quantile * Double(sorted.count)).rounded(.up))) - 1])
    }

    /// The share by which a histogram's quantile is off. It is of whole spans, so what a span takes of its own counts in.
    func error(of histogram: DurationHistogram, at quantile: Double) -> Double {
        guard let estimate = histogram.quantile(quantile), !sorted.isEmpty else { return .infinity }
        return abs(estimate / self.quantile(quantile) - 1)
    }
}

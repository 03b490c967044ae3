import TraceLog

/// A histogram as bars, a line for each range of durations.
struct HistogramBars {
    /// Durations from `lower` to under `upper`, nanoseconds.
    struct Bar: Equatable {
        let lower: UInt64
        let upper: UInt64
        let count: UInt64
    }

    /// The bars, without gaps, the shortest durations first.
    let bars: [Bar]
    private static let most = 16

    /// Puts the buckets of a histogram, whose ticks are nanoseconds, into at most 16 ranges of about equal ratio.
    init(_ histogram: DurationHistogram) {
        let buckets = histogram.buckets
        guard let first = buckets.first?.bucket, let last = buckets.last?.bucket else {
            bars = []
            return
        }
        // 64 buckets are a power of two; ranges begin where a bucket does whose number is a multiple of their size.
        var size = 1
        while last / size - first / size >= Self.most { size *= 2 }
        var counts = Array(repeating: UInt64(0), count: last / size - first / size + 1)
        for (bucket, occurrences) in buckets {
            let index = bucket / size - first / size
            counts[index] = saturatingSum(counts[index], occurrences)
        }
        bars = counts.enumerated().map { index, count in
            let start = (first / size + index) * size
            let end = DurationHistogram.range(ofBucket: min(start + size, DurationHistogram.bucketCount) - 1)
            return Bar(
                lower: DurationHistogram.range(ofBucket: start).lower, upper: end.lower + end.width, count: count)
        }
    }

    func lines(in layout: TextLayout) -> [String] {
        let all = bars.reduce(0.0) { $0 + Double($1.count) }
        let most = Double(bars.map(\.count).max() ?? 0)
        guard all > 0, most > 0 else { return [] }
        var lines: [String] = []
        for (index, bar) in bars.enumerated() {
            // Of ranges without calls, one stands for all.
            if bar.count == 0 {
                if bars[index - 1].count > 0 { lines.append(TextLayout.rightAligned("…", in: 15)) }
                continue
            }
            let range = Quantity.duration(bar.lower) + "–" + Quantity.duration(bar.upper)
            let numbers =
                TextLayout.rightAligned(range, in: 15) + TextLayout.rightAligned(Quantity.count(bar.count), in: 9)
                + TextLayout.rightAligned(Quantity.percent(Double(bar.count) / all), in: 6) + "  "
            let columns = min(40, layout.width - 32)
            lines.append(numbers + layout.style.bar(TextLayout.bar(share: Double(bar.count) / most, columns: columns)))
        }
        return lines.map { $0.trimmingTrailingSpaces() }
    }
}

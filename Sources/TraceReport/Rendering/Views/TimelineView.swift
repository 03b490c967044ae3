/// What happened when: requests, how long they took, and which function had the most to do.
public struct TimelineView: TabularView {
    /// How many stretches of time are shown at most; all windows where nil, or 30 stretches as text.
    public let top: Int?

    /// Makes the view.
    public init(top: Int? = nil) {
        self.top = top
    }

    /// `timeline`.
    public var name: String { "timeline" }

    /// Returns a line for each stretch of time.
    public func lines(of report: Report, in layout: TextLayout) -> [String] {
        let timeline = report.timeline
        let slices = timeline.slices(atMost: top ?? 30)
        guard let first = slices.first else { return ["No window of time is recorded."] }
        let percentiles = slices.map { $0.durations.nanoseconds(at: 0.99) }
        let slowest = percentiles.reduce(0) { max($0, $1 ?? 0) }
        let timeWidth = slices.map { timeline.text(ofWindow: $0.windows.lowerBound).count }.max() ?? 0
        let numbers = TextLayout.padded("time", to: timeWidth) + "  requests errors    p50    p99"
        let heading = TextLayout.padded(numbers, to: timeWidth + 43) + "busiest"
        var lines = [layout.style.strong(SafeText.middleTruncated(heading, to: layout.width))]
        for (slice, p99) in zip(slices, percentiles) {
            let share = slowest > 0 ? Double(p99 ?? 0) / Double(slowest) : 0
            lines.append(line(of: slice, in: timeline, p99: p99, share: share, timeWidth, layout))
        }
        let length = timeline.windowNanoseconds.multipliedReportingOverflow(by: UInt64(first.windows.count))
        let notes = [
            "UTC, \(WallTime(nanoseconds: timeline.startWallNanoseconds).date);",
            "a line is \(Quantity.duration(length.overflow ? .max : length.partialValue)).",
            "p50, p99 and bar: of all requests that ended then;",
            "busiest: the function with the most time in its own code.",
        ]
        return lines + TextLayout.flow(notes, width: layout.width, separator: " ").map(layout.style.dim)
    }

    /// Returns a row for each window and function that was called in it.
    public func table(of report: Report) -> ReportTable {
        let start = ["window", "begin", "end"].map { ReportTable.Column($0) }
        let numbers = [
            "root", "count", "total_ns", "self_ns", "cpu_ns", "p50_ns", "p99_ns", "errors",
        ]
        var table = ReportTable(columns: start + FunctionPlace.tableColumns + numbers.map { .init($0) })
        let timeline = report.timeline
        let functions = timeline.functions.sorted { $0.place < $1.place }
        for (number, slice) in timeline.slices(atMost: top ?? .max).enumerated() {
            let time: [ReportTable.Value] = [
                .number(UInt64(number) + 1), .instant(timeline.start(ofWindow: slice.windows.lowerBound)),
                .instant(timeline.start(ofWindow: slice.windows.upperBound)),
            ]
            for series in functions {
                let sum = series.sum(of: slice.windows)
                guard sum.count > 0 || sum.selfNanoseconds > 0 else { continue }
                table.append(
                    time + series.place.tableValues + [
                        .flag(series.isRoot), .count(sum.count), .nanoseconds(sum.totalNanoseconds),
                        .nanoseconds(sum.selfNanoseconds), .nanoseconds(sum.cpuNanoseconds),
                        .nanoseconds(sum.durations.nanoseconds(at: 0.5)),
                        .nanoseconds(sum.durations.nanoseconds(at: 0.99)), .count(sum.errors),
                    ])
            }
        }
        return table
    }

    private func line(
        of slice: TimelineSlice, in timeline: Timeline, p99: UInt64?, share: Double, _ timeWidth: Int,
        _ layout: TextLayout
    ) -> String {
        let time = TextLayout.padded(timeline.text(ofWindow: slice.windows.lowerBound), to: timeWidth)
        let numbers: [(String, Int)] = [
            (Quantity.count(slice.requests), 10), (Quantity.count(slice.errors), 7),
            (slice.durations.nanoseconds(at: 0.5).map(Quantity.duration) ?? "–", 7),
            (p99.map(Quantity.duration) ?? "–", 7),
        ]
        let start = time + numbers.map { TextLayout.rightAligned($0.0, in: $0.1) }.joined() + "  "
        let bar = TextLayout.padded(TextLayout.bar(share: share, columns: 8), to: 8)
        let busiest = slice.busiest.map { busiest in
            let part = " " + Quantity.percent(busiest.share)
            return TextLayout.name(busiest.place.name, columns: layout.width - timeWidth - 43 - part.count) + part
        }
        return (start + layout.style.bar(bar) + "  " + (busiest ?? "")).trimmingTrailingSpaces()
    }
}

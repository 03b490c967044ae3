/// The functions, sorted as the report is.
public struct RankingView: TabularView {
    /// How many are shown; all where nil, or ten as text.
    public let top: Int?

    /// Makes the view.
    public init(top: Int? = nil) {
        self.top = top
    }

    /// `functions`.
    public var name: String { "functions" }

    /// Returns the ranking as text.
    public func lines(of report: Report, in layout: TextLayout) -> [String] {
        TextTable(report: report, width: layout.width, style: layout.style, top: top ?? 10).lines()
    }

    /// Returns a row for each function.
    public func table(of report: Report) -> ReportTable {
        let numbers = [
            "count", "total_ns", "self_ns", "share", "cpu_ns", "wait_ns", "p50_ns", "p95_ns", "p99_ns", "max_ns",
            "errors",
        ]
        let columns = [.init("rank", title: "#")] + FunctionPlace.tableColumns + numbers.map { .init($0) }
        var table = ReportTable(columns: columns)
        for (index, function) in report.functions.prefix(max(0, top ?? .max)).enumerated() {
            let start = [.number(UInt64(index) + 1)] + function.place.tableValues
            table.append(
                start + [
                    .count(function.count), .nanoseconds(function.totalNanoseconds),
                    .nanoseconds(function.selfNanoseconds), .share(function.share),
                    .nanoseconds(function.cpuNanoseconds), .nanoseconds(function.waitNanoseconds),
                    .nanoseconds(function.p50Nanoseconds), .nanoseconds(function.p95Nanoseconds),
                    .nanoseconds(function.p99Nanoseconds), .nanoseconds(function.maximumNanoseconds),
                    .count(function.errors),
                ])
        }
        return table
    }
}

/// What functions did in their own code, of what was recorded beside the logs: system calls with their files and peers, what took
/// the most time first.
public struct SystemCallsView: TabularView {
    /// How many are shown; all where nil, or 30 as text.
    public let top: Int?

    /// Makes the view.
    public init(top: Int? = nil) {
        self.top = top
    }

    /// `syscalls`.
    public var name: String { "syscalls" }

    private struct Row {
        var place: FunctionPlace
        var activity: FunctionEvidence.Activity
    }

    private func rows(of report: Report) -> [Row] {
        let shown = report.selection.function == nil ? nil : Set(report.functions.map(\.place))
        let rows = report.evidence.functions.filter { shown?.contains($0.place) ?? true }.flatMap { function in
            function.activities.filter { $0.own.count > 0 || $0.own.nanoseconds > 0 }
                .map { Row(place: function.place, activity: $0) }
        }
        return rows.enumerated().sorted { left, right in
            let times = (left.element.activity.own.nanoseconds, right.element.activity.own.nanoseconds)
            return times.0 == times.1 ? left.offset < right.offset : times.0 > times.1
        }
        .map(\.element)
    }

    /// Returns the calls as text.
    public func lines(of report: Report, in layout: TextLayout) -> [String] {
        let rows = rows(of: report)
        guard !rows.isEmpty else { return ["No system call is joined to a span."] }
        let columns = max(12, layout.width / 4)
        let head =
            FunctionEvidenceWords.columns(["own", "calls", "longest"]) + "  " + Self.padded("function", to: columns)
        let lines = rows.prefix(max(0, top ?? 30)).map { row -> String in
            let activity = row.activity
            let start =
                FunctionEvidenceWords.columns([
                    Quantity.duration(activity.own.nanoseconds), Quantity.count(activity.own.count),
                    Quantity.duration(activity.maximumNanoseconds),
                ]) + "  " + Self.padded(TextLayout.name(row.place.name, columns: columns), to: columns) + "  "
            let room = layout.width - SafeText.columns(of: start)
            return start + FunctionEvidenceWords.text(of: activity, columns: room)
        }
        let rest = rows.count - lines.count
        let more = rest > 0 ? ["", "\(Quantity.grouped(UInt64(rest))) more: --top \(rows.count)."] : []
        return [layout.style.dim(head + "  call")] + lines + more
    }

    private static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - SafeText.columns(of: text)))
    }

    /// Returns a row for each call of each function.
    public func table(of report: Report) -> ReportTable {
        let ofCall = ["call", "kind", "target", "own_count", "own_ns", "count", "total_ns", "max_ns", "errors"]
        var table = ReportTable(columns: FunctionPlace.tableColumns + ofCall.map { ReportTable.Column($0) })
        for row in rows(of: report).prefix(max(0, top ?? .max)) {
            let activity = row.activity
            let errors = activity.errors.map { "\($0.type) \($0.count)" }.joined(separator: ", ")
            table.append(
                row.place.tableValues + [
                    .text(activity.activity.name), .text(activity.activity.kind.rawValue),
                    .text(activity.activity.target), .count(activity.own.count), .nanoseconds(activity.own.nanoseconds),
                    .count(activity.amount.count), .nanoseconds(activity.amount.nanoseconds),
                    .nanoseconds(activity.maximumNanoseconds), .text(errors),
                ])
        }
        return table
    }
}

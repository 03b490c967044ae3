import TraceLog

/// Requests that were running, hung or killed when the log ended, the oldest first, each with the functions it was in.
public struct OpenView: TabularView {
    /// How many requests are shown; all where nil, or 20 as text.
    public let top: Int?

    /// Makes the view.
    public init(top: Int? = nil) {
        self.top = top
    }

    /// `open`.
    public var name: String { "open" }

    /// Returns the requests as text.
    public func lines(of report: Report, in layout: TextLayout) -> [String] {
        let requests = OpenRequest.all(of: report)
        guard !requests.isEmpty else { return ["Nothing was running when the log ended."] }
        let names = ProcessNames(report)
        let ends = EndWords(report: report).ofSessions
        let shown = requests.prefix(max(0, top ?? 20))
        let ended = requests.count { ends[$0.oldest.session] != nil }
        let title =
            ended == 0
            ? "STILL RUNNING when the log ended: "
            : ended == requests.count ? "OPEN WHEN THE PROCESS ENDED: " : "OPEN when the log or the process ended: "
        var lines = [layout.style.strong(title) + Quantity.counted(UInt64(requests.count), "request")]
        for (index, request) in shown.enumerated() {
            lines += [""] + heading(of: request, rank: index + 1, names, ends[request.oldest.session], layout)
            lines += request.stackLines().map { line(of: $0, layout) }
        }
        let rest = requests.count - shown.count
        if rest > 0 { lines += ["", "\(Quantity.grouped(UInt64(rest))) more: --top \(requests.count)."] }
        return lines
    }

    /// Returns a row for each open span.
    public func table(of report: Report) -> ReportTable {
        let names = ProcessNames(report)
        let ofSpan = ["request", "thread", "begin", "age_ns", "crash_signal"].map { ReportTable.Column($0) }
        var table = ReportTable(
            columns: ProcessNames.tableColumns + ofSpan + FunctionPlace.tableColumns + [.init("stack")])
        for span in OpenRequest.all(of: report).prefix(max(0, top ?? .max)).flatMap(\.spans) {
            let place = span.stack.last ?? FunctionPlace(name: "")
            let stack = span.stack.map(\.name).joined(separator: " › ")
            table.append(
                names.tableValues(ofSession: span.session) + [
                    .number(span.request), .number(span.thread), .instant(span.startWallNanoseconds),
                    .nanoseconds(span.ageNanoseconds), .count(span.crashSignal),
                ] + place.tableValues + [.text(stack)])
        }
        return table
    }

    private func heading(
        of request: OpenRequest, rank: Int, _ names: ProcessNames, _ end: String?, _ layout: TextLayout
    ) -> [String] {
        let oldest = request.oldest
        let root = oldest.stack.first?.name ?? "(no span)"
        var items = [
            TextLayout.rightAligned("\(rank)", in: 2) + "  " + Quantity.duration(oldest.ageNanoseconds),
            TextLayout.name(root, columns: layout.width / 2 - 8),
            "since " + WallTime(nanoseconds: oldest.startWallNanoseconds).milliseconds,
            names.text(ofSession: oldest.session),
        ]
        if oldest.thread != 0 { items.append("thread \(oldest.thread)") }
        if let end { items.append("the process \(end)") }
        if let trace = request.spans.lazy.compactMap(\.trace).first { items.append("trace \(trace.traceText)") }
        let lines = TextLayout.flow(items.filter { !$0.isEmpty }, width: layout.width - 4)
        return lines.enumerated().map { $0.offset == 0 ? layout.style.strong($0.element) : "    " + $0.element }
    }

    private func line(of line: OpenRequest.Line, _ layout: TextLayout) -> String {
        let age = TextLayout.rightAligned(line.spans > 0 ? Quantity.duration(line.ageNanoseconds) : "?", in: 11)
        let indentation = String(repeating: " ", count: 2 + 2 * min(line.depth, layout.width / 8))
        let start = age + indentation + (line.spans > 1 ? "\(line.spans)× " : "")
        let name = TextLayout.name(line.place.name, columns: layout.width - start.count)
        let rest = layout.width - start.count - SafeText.columns(of: name) - 2
        let place = rest >= 16 ? TextFindings.place(of: line.place, columns: rest) : ""
        return start + name + (place.isEmpty ? "" : "  " + layout.style.dim(place))
    }
}

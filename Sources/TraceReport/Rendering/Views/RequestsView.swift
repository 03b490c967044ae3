import TraceLog

/// The slowest requests whose spans are all known, each with what it waited for.
public struct RequestsView: TabularView {
    /// How many are shown; all where nil, or five as text.
    public let top: Int?

    private static let shownParts = 12

    /// Makes the view.
    public init(top: Int? = nil) {
        self.top = top
    }

    /// `requests`.
    public var name: String { "requests" }

    /// Returns the requests, each with the functions on its critical path in the order it waited for them.
    public func lines(of report: Report, in layout: TextLayout) -> [String] {
        guard !report.requests.isEmpty else {
            let sentence = [
                "No request is recorded with all its spans:", "programs keep the slowest of each root, and failures.",
            ]
            return TextLayout.flow(sentence, width: layout.width, separator: " ")
        }
        let names = ProcessNames(report)
        let shown = report.requests.prefix(max(0, top ?? 5))
        var lines: [String] = []
        for (index, request) in shown.enumerated() {
            lines += heading(of: request, rank: index + 1, names, layout) + path(of: request, layout) + [""]
        }
        let rest = report.requests.count - shown.count
        let more = rest > 0 ? ["\(Quantity.grouped(UInt64(rest))) more: --top \(report.requests.count)."] : []
        let notes = ["Times are of each function's own code while the request waited for nothing else."] + more
        return lines + TextLayout.flow(notes, width: layout.width, separator: " ").map(layout.style.dim)
    }

    /// Returns a row for each function on each request's critical path.
    public func table(of report: Report) -> ReportTable {
        let names = ProcessNames(report)
        let ofRequest = ["request", "root", "reason", "begin", "duration_ns", "partial"]
        let ofPart = ["spans", "path_ns", "share"]
        var table = ReportTable(
            columns: ProcessNames.tableColumns + ofRequest.map { .init($0) } + FunctionPlace.tableColumns
                + ofPart.map { .init($0) })
        for request in report.requests.prefix(max(0, top ?? .max)) {
            let start: [ReportTable.Value] =
                names.tableValues(ofSession: request.session) + [
                    .number(request.id), .text(request.spans.first?.place.name ?? ""), .text(request.reason.rawValue),
                    .instant(request.startWallNanoseconds), .nanoseconds(request.durationNanoseconds),
                    .flag(request.isPartial),
                ]
            for part in CriticalPath(of: request).parts {
                table.append(
                    start + part.place.tableValues + [
                        .count(part.spans), .nanoseconds(part.nanoseconds), .share(part.share),
                    ])
            }
        }
        return table
    }

    private func heading(
        of request: RequestSummary, rank: Int, _ names: ProcessNames, _ layout: TextLayout
    ) -> [String] {
        let root = TextLayout.name(request.spans.first?.place.name ?? "(no span)", columns: layout.width / 2 - 8)
        var items = [
            TextLayout.rightAligned("\(rank)", in: 2) + "  " + Quantity.duration(request.durationNanoseconds), root,
            WallTime(nanoseconds: request.startWallNanoseconds).milliseconds,
            names.text(ofSession: request.session),
        ]
        if request.reason == .failed { items.append("FAILED") }
        if request.isPartial { items.append("some spans are missing") }
        if let trace = request.trace { items.append("trace \(trace.traceText)") }
        let lines = TextLayout.flow(items.filter { !$0.isEmpty }, width: layout.width - 4)
        return lines.enumerated().map { $0.offset == 0 ? layout.style.strong($0.element) : "    " + $0.element }
    }

    private func path(of request: RequestSummary, _ layout: TextLayout) -> [String] {
        let parts = CriticalPath(of: request).parts
        // What is left out of a long path is what took the least.
        let bound = parts.map(\.nanoseconds).sorted(by: >).dropFirst(Self.shownParts).first
        let shown = bound.map { bound in parts.filter { $0.nanoseconds > bound } } ?? parts
        var lines = shown.map { part in
            let numbers =
                TextLayout.rightAligned(Quantity.duration(part.nanoseconds), in: 11)
                + TextLayout.rightAligned(Quantity.percent(part.share), in: 6) + "  "
            let bar = TextLayout.padded(TextLayout.bar(share: part.share, columns: 10), to: 10)
            let times = part.spans > 1 ? Quantity.count(part.spans) + "× " : ""
            let name = TextLayout.name(part.place.name, columns: layout.width - 31 - times.count)
            return numbers + layout.style.bar(bar) + "  " + times + name
        }
        let rest = parts.count - shown.count
        if rest > 0 {
            let time = shown.reduce(0) { saturatingSum($0, $1.nanoseconds) }
            let left = request.durationNanoseconds - min(request.durationNanoseconds, time)
            lines.append(
                layout.style.dim(
                    TextLayout.rightAligned(Quantity.duration(left), in: 11) + "          … in "
                        + Quantity.counted(UInt64(rest), "more function")))
        }
        return lines
    }
}

/// The ranking: a table whose first rows are in the page, and the others as data for its script.
struct PageRanking {
    /// As many rows stand in the page itself.
    static let plainRows = 40
    /// More rows than this are not in the page at all.
    private static let mostRows = 4_000

    private let report: Report
    private let shown: ArraySlice<FunctionSummary>

    init(_ report: Report) {
        self.report = report
        shown = report.functions.prefix(Self.mostRows)
    }

    /// The columns of numbers; those of text are named in the table.
    private enum Column: String, CaseIterable {
        case calls, total
        case own = "self"
        case share, p50, p95, p99, max
        case onCPU = "on CPU"
        case waiting, errors

        /// Whether the ranking is sorted by it.
        func isSorted(by key: SortKey) -> Bool {
            switch self {
            case .calls: key == .count
            case .total: key == .total
            case .own: key == .selfTime
            case .p50: key == .p50
            case .p95: key == .p95
            case .p99: key == .p99
            case .max: key == .max
            case .onCPU: false
            case .waiting: key == .wait
            case .errors: key == .errors
            case .share: false
            }
        }
    }

    func table() -> String {
        let headings = Column.allCases.map { column in
            "<th scope=col\(column.isSorted(by: report.sortKey) ? " aria-sort=descending" : "")>\(column.rawValue)"
        }
        return "<div class=scroll role=region aria-labelledby=h-functions tabindex=0>"
            + "<table class=sort id=ranking><thead><tr><th scope=col>function\(headings.joined())<tbody>\n"
            + shown.prefix(Self.plainRows).map(row).joined() + "</table></div>\n<p class=note>\(note)\n"
    }

    private var note: String {
        var sentences = ["total: with everything called; self: in its own code; share: of all self time."]
        if report.functions.contains(where: \.hasAsyncPaths) {
            sentences.append("≥ ≤ async: only the CPU time of sync spans below is known.")
        }
        let rest = report.functions.dropFirst(shown.count)
        if !rest.isEmpty {
            let share = rest.reduce(0) { $0 + $1.share }
            sentences.append(
                "\(Quantity.grouped(UInt64(rest.count))) more are not in this page: \(Quantity.finePercent(share)) of "
                    + "the self time.")
        }
        return sentences.joined(separator: " ")
    }

    /// `Without JavaScript, …`, where not all rows can be seen then.
    var noteWithoutScript: String {
        let rest = shown.dropFirst(Self.plainRows)
        guard !rest.isEmpty else { return "" }
        let share = rest.reduce(0) { $0 + $1.share }
        return
            "\(Quantity.grouped(UInt64(rest.count))) more functions, \(Quantity.finePercent(share)) of the self time, "
            + "are shown with JavaScript."
    }

    private func row(_ function: FunctionSummary) -> String {
        let name = HTMLText.escaped(HTMLText.shown(function.name))
        let place = HTMLText.escaped(Self.place(of: function))
        let cells = Column.allCases.map { column -> String in
            let bar = column == .share ? Self.bar(function.share) : ""
            return "<td>" + HTMLText.escaped(cell(column, function)) + bar
        }
        return "<tr><th scope=row>\(name)<small>\(place)</small>\(cells.joined())\n"
    }

    /// Writes `"rows":[number of the function, …]`, the rows that are not in the page itself, and `"cells"`, of each
    /// column its cells with spaces between: neighbours that are alike take less room.
    func write(to json: inout JSONWriter, functions: inout PageFunctions) {
        for function in shown { _ = functions.number(of: function.place) }
        let rows = shown.dropFirst(Self.plainRows)
        json.array("rows") { json in
            for function in rows { json.element(UInt64(functions.number(of: function.place))) }
        }
        json.array("cells") { json in
            for column in Column.allCases { json.element(rows.map { cell(column, $0) }.joined(separator: " ")) }
        }
    }

    private func cell(_ column: Column, _ function: FunctionSummary) -> String {
        func duration(_ nanoseconds: UInt64?) -> String { nanoseconds.map(Quantity.duration) ?? "?" }
        switch column {
        case .calls: return Quantity.count(function.count)
        case .total: return Quantity.duration(function.totalNanoseconds)
        case .own: return Quantity.duration(function.selfNanoseconds)
        case .share: return Quantity.finePercent(function.share)
        case .p50: return duration(function.p50Nanoseconds)
        case .p95: return duration(function.p95Nanoseconds)
        case .p99: return duration(function.p99Nanoseconds)
        case .max: return Quantity.duration(function.maximumNanoseconds)
        case .errors: return Quantity.count(function.errors)
        case .waiting: return (function.hasAsyncPaths ? "≤" : "") + Quantity.duration(function.waitNanoseconds)
        case .onCPU:
            guard function.totalNanoseconds > 0 else { return "–" }
            let share = Double(function.cpuNanoseconds) / Double(function.totalNanoseconds)
            return (function.hasAsyncPaths ? "≥" : "") + Quantity.percent(share)
        }
    }

    static func place(of function: FunctionSummary) -> String {
        SafeText.middleTruncated(TextFindings.place(of: function.place), to: 160)
    }

    static func bar(_ share: Double) -> String {
        let percent = Int((min(1, max(0, share)) * 100).rounded())
        return percent == 0 ? "" : "<svg aria-hidden=true><rect width=\(percent)% /></svg>"
    }
}

/// Two deployments beside each other, as a page shows them: for each function the verdict of ``Comparison``, and the
/// numbers that it is of.
struct PageComparison {
    private static let mostRows = 40

    private let comparison: Comparison

    init(_ comparison: Comparison) {
        self.comparison = comparison
    }

    /// A function, what became of it, and its numbers.
    private struct Row {
        let verdict: String
        /// How the verdict and its numbers are coloured.
        let style: String
        let place: FunctionPlace
        let selfTime: MetricChange
        let p99: MetricChange
        let p50: MetricChange
        let calls: MetricChange
    }

    /// The verdict in words, what is compared, and how to read the numbers, as paragraphs.
    func paragraphs() -> String {
        let sides = [comparison.before, comparison.after].map { ComparisonWords.side($0, columns: 60) }
        let verdict = ComparisonWords.verdict(of: comparison).joined(separator: " ")
        let reading = ComparisonWords.reading(of: comparison, intervals: "small beside it")
        return "<p><b>\(HTMLText.escaped(verdict))</b>\n"
            + "<p>Before: \(HTMLText.escaped(sides[0])). After: \(HTMLText.escaped(sides[1])).\n"
            + "<p class=note>\(HTMLText.escaped(reading)) Small below a number: what it was. ?: cannot be told.\n"
    }

    /// The functions, those that got slower first; where there are too many, those without a change are left out.
    func table() -> String {
        let all = rows()
        let shown = all.prefix(Self.mostRows).map(markup)
        var left: [String: Int] = [:]
        for row in all.dropFirst(shown.count) { left[row.verdict, default: 0] += 1 }
        let rest = left.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        let note = rest.isEmpty ? "" : "<p class=note>More functions: \(rest.joined(separator: ", ")).\n"
        let headings = ["self per request", "± self", "p99", "± p99", "p50", "± p50", "calls per request"]
            .map { "<th scope=col>\($0)" }
        return "<div class=scroll role=region aria-labelledby=h-compare tabindex=0><table class=sort id=changes>"
            + "<thead><tr><th scope=col>function\(headings.joined())<tbody>\n\(shown.joined())</table></div>\n\(note)"
    }

    private func rows() -> [Row] {
        func row(_ verdict: String, _ style: String, _ function: FunctionComparison) -> Row {
            Row(
                verdict: verdict, style: style, place: function.after.place, selfTime: function.selfTime,
                p99: function.p99, p50: function.p50, calls: function.calls)
        }
        func isCalledDifferently(_ function: FunctionComparison) -> Bool { function.calls.verdict.isChange }
        let rest = (comparison.unchanged, comparison.untold)
        return comparison.slower.map { row("slower", "up", $0) } + comparison.faster.map { row("faster", "down", $0) }
            + (rest.0 + rest.1).filter(isCalledDifferently).map {
                row($0.calls.verdict == .slower ? "called more often" : "called less often", "", $0)
            }
            + comparison.new.map { only($0, in: comparison.after, isNew: true) }
            + comparison.gone.map { only($0, in: comparison.before, isNew: false) }
            + rest.1.filter { !isCalledDifferently($0) }.map { row("cannot be told", "note", $0) }
            + rest.0.filter { !isCalledDifferently($0) }.map { row("no change found", "note", $0) }
    }

    private func only(_ function: FunctionSummary, in side: Comparison.Side, isNew: Bool) -> Row {
        func change(_ value: Double?) -> MetricChange {
            isNew ? MetricChange(after: value, verdict: .unchanged) : MetricChange(before: value, verdict: .unchanged)
        }
        func perRequest(_ value: UInt64) -> MetricChange {
            change(side.requests > 0 ? Double(value) / Double(side.requests) : nil)
        }
        return Row(
            verdict: isNew ? "new" : "gone", style: "", place: function.place,
            selfTime: perRequest(function.selfNanoseconds), p99: change(function.p99Nanoseconds.map { Double($0) }),
            p50: change(function.p50Nanoseconds.map { Double($0) }), calls: perRequest(function.count))
    }

    private func markup(_ row: Row) -> String {
        let style = row.style.isEmpty ? "" : " class=\(row.style)"
        let place = SafeText.middleTruncated(TextFindings.place(of: row.place), to: 160)
        let calls = [row.calls.after, row.calls.before].map { $0.map(Quantity.number) ?? "–" }
        return "<tr><th scope=row>\(HTMLText.escaped(HTMLText.shown(row.place.name)))"
            + "<small><b\(style)>\(row.verdict)</b> \(HTMLText.escaped(place))</small>"
            + [row.selfTime, row.p99, row.p50].map(Self.cells).joined()
            + "<td>\(HTMLText.escaped(calls[0]))<small>\(HTMLText.escaped(calls[1]))</small>\n"
    }

    /// What it is now, small what it was; and in a cell beside them the change, small where that lies.
    private static func cells(_ change: MetricChange) -> String {
        let values = [change.after, change.before].map { $0.map(ComparisonWords.nanoseconds) ?? "–" }
        let style: String
        switch change.verdict {
        case .slower: style = " class=up"
        case .faster: style = " class=down"
        case .unchanged, .cannotBeTold: style = ""
        }
        return "<td>\(values[0])<small>\(values[1])</small><td\(style)>\(Self.size(of: change))"
    }

    /// `+12%`, small `+8% to +17%`; `?` where nothing can be told, `–` where there is nothing to compare with.
    private static func size(of change: MetricChange) -> String {
        func signed(_ share: Double) -> String {
            HTMLText.escaped(ComparisonWords.signed(share).replacing("-", with: "−"))
        }
        guard change.before != nil, change.after != nil else { return "–" }
        guard change.verdict != .cannotBeTold, let share = change.change else { return "?" }
        guard let interval = change.interval else { return signed(share) }
        return "\(signed(share))<small>\(signed(interval.lowerBound)) to \(signed(interval.upperBound))</small>"
    }
}

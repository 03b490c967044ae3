/// A comparison for issues and pull requests, in GitHub's Markdown: the verdict, then a table of what changed.
public struct ComparisonMarkdownRenderer: Sendable {
    /// Makes a renderer.
    public init() {}

    /// Returns the comparison as Markdown with its last line feed.
    public func render(_ comparison: Comparison) -> String {
        let sides = [comparison.before, comparison.after].map {
            MarkdownRenderer.escaped(safe: ComparisonWords.side($0, columns: 80))
        }
        let sentences = ComparisonWords.verdict(of: comparison).joined(separator: " ")
        var lines = [
            "**\(MarkdownRenderer.escaped(safe: sentences))**", "", "Before: \(sides[0]); after: \(sides[1]).", "",
            MarkdownRenderer.escaped(safe: ComparisonWords.reading(of: comparison)),
        ]
        let rows = rows(of: comparison)
        if !rows.isEmpty {
            lines += ["", "| verdict | function | place | change |", "| --- | --- | --- | --- |"]
            lines += rows.map { "| " + $0.map(MarkdownRenderer.escaped(safe:)).joined(separator: " | ") + " |" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Each is of text that is safe to show.
    private func rows(of comparison: Comparison) -> [[String]] {
        func row(_ verdict: String, _ place: FunctionPlace, _ text: String) -> [String] {
            [verdict, SafeText.escaped(place.name), TextFindings.place(of: place), text]
        }
        func changed(_ verdict: String, _ functions: [FunctionComparison]) -> [[String]] {
            functions.map { row(verdict, $0.after.place, ComparisonWords.changes(of: $0).joined(separator: "; ")) }
        }
        func only(_ verdict: String, _ functions: [FunctionSummary], _ side: Comparison.Side) -> [[String]] {
            functions.map { row(verdict, $0.place, ComparisonWords.only($0, requests: side.requests)) }
        }
        return changed("slower", comparison.slower) + changed("faster", comparison.faster)
            + changed("calls", comparison.calledDifferently.filter { !$0.verdict.isChange })
            + only("new", comparison.new, comparison.after) + only("gone", comparison.gone, comparison.before)
            + comparison.untold.map { row("cannot be told", $0.after.place, ComparisonWords.untold($0)) }
    }
}

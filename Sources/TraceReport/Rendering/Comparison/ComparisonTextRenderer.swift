/// A comparison as text for people: what got slower, what faster, what is new and gone, what cannot be told.
public struct ComparisonTextRenderer: Sendable {
    /// How it is set.
    public let layout: TextLayout
    /// How many functions each section shows.
    public let top: Int

    /// Makes a renderer.
    public init(layout: TextLayout = TextLayout(), top: Int = 10) {
        self.layout = layout
        self.top = top
    }

    /// Returns the comparison as text with its last line feed.
    public func render(_ comparison: Comparison) -> String {
        var lines = head(of: comparison)
        lines += section("SLOWER", comparison.slower, style: layout.style.warning, changed)
        lines += section("FASTER", comparison.faster, style: layout.style.strong, changed)
        let others = comparison.calledDifferently.filter { !$0.verdict.isChange }
        lines += section("CALLED MORE OR LESS OFTEN", others, style: layout.style.strong, changed)
        lines += section("NEW", comparison.new, style: layout.style.strong) {
            item($0.place, [ComparisonWords.only($0, requests: comparison.after.requests)])
        }
        lines += section("GONE", comparison.gone, style: layout.style.strong) {
            item($0.place, [ComparisonWords.only($0, requests: comparison.before.requests)])
        }
        lines += untold(comparison)
        return lines.joined(separator: "\n") + "\n"
    }

    private func head(of comparison: Comparison) -> [String] {
        let columns = layout.width / 2 - 10
        let sides = [
            "Before: " + ComparisonWords.side(comparison.before, columns: columns),
            "After:  " + ComparisonWords.side(comparison.after, columns: columns),
        ].map { SafeText.middleTruncated($0, to: layout.width) }
        let verdict = TextLayout.flow(
            ComparisonWords.verdict(of: comparison), width: layout.width, separator: " "
        ).map(layout.style.strong)
        let reading = words(ComparisonWords.reading(of: comparison), width: layout.width).map(layout.style.dim)
        return sides + [""] + verdict + reading
    }

    private func section<Entry>(
        _ title: String, _ entries: [Entry], style: (String) -> String, _ lines: (Entry) -> [String]
    ) -> [String] {
        guard !entries.isEmpty else { return [] }
        var section = ["", style(title)] + entries.prefix(top).flatMap(lines)
        if entries.count > top { section.append("  \(entries.count - top) more") }
        return section
    }

    private func changed(_ function: FunctionComparison) -> [String] {
        item(function.after.place, ComparisonWords.changes(of: function))
    }

    private func item(_ place: FunctionPlace, _ pieces: [String]) -> [String] {
        let name = TextLayout.name(place.name, columns: layout.width / 2)
        let room = layout.width - 4 - SafeText.columns(of: name)
        let shownPlace = room > 10 ? TextFindings.place(of: place, columns: room) : ""
        let first = "  " + layout.style.strong(name) + (shownPlace.isEmpty ? "" : "  " + layout.style.dim(shownPlace))
        return [first] + TextLayout.flow(pieces, width: layout.width - 4, separator: "; ").map { "    " + $0 }
    }

    private func untold(_ comparison: Comparison) -> [String] {
        guard !comparison.untold.isEmpty else { return [] }
        let names = comparison.untold.prefix(top).map(ComparisonWords.untold)
        let more = comparison.untold.count > top ? ["\(comparison.untold.count - top) more"] : []
        let reason =
            "Too few windows with enough calls; a verdict needs \(comparison.options.minimumWindows) windows at least, "
            + "and more where there are many functions."
        return ["", layout.style.strong("CANNOT BE TOLD")]
            + words(reason, width: layout.width - 2).map { "  " + $0 }
            + TextLayout.flow(names + more, width: layout.width - 2, separator: ", ").map { "  " + $0 }
    }

    private func words(_ text: String, width: Int) -> [String] {
        TextLayout.flow(text.split(separator: " ").map(String.init), width: width, separator: " ")
    }
}

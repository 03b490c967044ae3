/// The report for issues and wikis: a table in GitHub's Markdown (https://github.github.com/gfm, section 4.10), of the
/// ranking or another view.
public struct MarkdownRenderer: Renderer {
    /// What is shown.
    public let view: any TabularView

    /// Makes a renderer; it shows the ranking unless another view is given.
    public init(view: any TabularView = RankingView()) {
        self.view = view
    }

    /// Returns the view as a table, after a paragraph that says what was read and what is missing.
    public func render(_ report: Report) -> String {
        let table = view.table(of: report)
        var header = TextHeader(report: report, width: .max, style: TextStyle(usesColor: false))
        header.namesOptions = !(view is OpenView)
        // Nothing out of a log begins a line, where it could be a list or a heading.
        var lines = ["Log: " + header.lines().map(Self.escaped(safe:)).joined(separator: " · "), ""]
        lines.append(Self.row(table.columns.map { Self.escaped(safe: $0.title) }))
        lines.append(
            Self.row(
                table.columns.indices.map { column in
                    table.rows.first?[column].isNumber ?? false ? "---:" : "---"
                }))
        lines += table.rows.map { Self.row($0.map(Self.cell)) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    private static func cell(_ value: ReportTable.Value) -> String {
        switch value {
        case .text(let text): escaped(text)
        case .count(let number): number.map(Quantity.grouped) ?? ""
        case .number(let number): "\(number)"
        case .nanoseconds(let number): number.map(Quantity.duration) ?? "?"
        case .share(let share): Quantity.wholePercent(share)
        case .instant(let wall): escaped(WallTime(nanoseconds: wall).milliseconds)
        case .flag(let holds): holds ? "yes" : "no"
        }
    }

    /// Returns text out of a log as text of a cell: nothing in it is markup, HTML, a link, a formula or a mention.
    static func escaped(_ text: String) -> String { escaped(safe: SafeText.escaped(text)) }

    static func escaped(safe text: String) -> String {
        var markdown = ""
        var isAfterColon = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": markdown += "&amp;"
            case "<": markdown += "&lt;"
            case ">": markdown += "&gt;"
            case "@": markdown += "&#64;"
            case "\\", "|", "`", "*", "_", "[", "]", "~", "$", "#": markdown += "\\" + String(scalar)
            // GitHub makes a link of what looks like an address.
            case "/" where isAfterColon: markdown += "&#47;"
            case ".": markdown += markdown.lowercased().hasSuffix("www") ? "&#46;" : "."
            default: markdown.unicodeScalars.append(scalar)
            }
            isAfterColon = scalar == ":"
        }
        return markdown
    }
}

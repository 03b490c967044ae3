/// The report for people: who wrote the log and how far it can be trusted, what to fix first, and the ranking.
public struct TextRenderer: Renderer {
    /// The width in terminal columns; at least 60 are used.
    public let width: Int
    /// Whether emphasis is shown with ANSI colours. Off, the text holds no escape sequence.
    public let usesColor: Bool
    /// How many functions the ranking shows.
    public let top: Int

    /// Makes a renderer.
    public init(width: Int = 100, usesColor: Bool = false, top: Int = 10) {
        self.width = max(60, width)
        self.usesColor = usesColor
        self.top = top
    }

    /// Returns the report as text of at most ``width`` columns.
    public func render(_ report: Report) -> String {
        let style = TextStyle(usesColor: usesColor)
        var lines = TextHeader(report: report, width: width, style: style).lines()
        if report.functions.isEmpty {
            lines += ["", "No finished span is recorded: the log holds who wrote it, and nothing it did."]
        } else {
            lines += [""] + TextFindings(report: report, width: width, style: style).lines()
            lines += [""] + TextTable(report: report, width: width, style: style, top: top).lines()
        }
        if !report.samples.isEmpty {
            lines += [""] + TextSamples(samples: report.samples, width: width, style: style, top: top).lines()
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

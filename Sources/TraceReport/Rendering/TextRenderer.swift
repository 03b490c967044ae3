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
        let sections = [TextHeader(report: report, width: width, style: style).lines()] + body(report, style)
        return sections.filter { !$0.isEmpty }.joined(separator: [""]).joined(separator: "\n") + "\n"
    }

    private func body(_ report: Report, _ style: TextStyle) -> [[String]] {
        let findings = Finding.first(of: report)
        let samples = TextSamples(samples: report.samples, width: width, style: style, top: top)
        let sampleLines = report.samples.isEmpty ? [] : samples.lines()
        let stillRunning = TextStillRunning(report: report, width: width, style: style).lines()
        let options = TextNext(report: report, width: width, style: style, findings: findings)
        let next = options.otherRun() + options.lines()
        if report.functions.isEmpty {
            let nothing = "No finished span is recorded: the log holds who wrote it, and nothing it did."
            return [TextLayout.flow([nothing], width: width), stillRunning, sampleLines, next]
        }
        let overTime = TextOverTime(report: report, width: width, style: style, told: findings.map(\.function.place))
        return [
            TextFindings(report: report, width: width, style: style, findings: findings).lines(),
            TextTable(report: report, width: width, style: style, top: top).lines(),
            overTime.lines() + stillRunning, sampleLines, next,
        ]
    }
}

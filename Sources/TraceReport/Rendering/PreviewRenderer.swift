/// The beginning of the first screen, as a sample of the logs tells it, and plainly called so.
package struct PreviewRenderer {
    private let sample: PreviewSample
    private let layout: TextLayout
    private let top: Int

    /// - Parameter top: How many functions the ranking shows.
    package init(_ sample: PreviewSample, layout: TextLayout, top: Int) {
        self.sample = sample
        self.layout = layout
        self.top = top
    }

    /// Returns the report of a sample as text of at most the layout's width.
    package func render(_ estimate: Report) -> String {
        let (style, width) = (layout.style, layout.width)
        var report = estimate
        // How the places follow each other in time, what had not ended and single requests take the whole log.
        report.timeline = Timeline()
        report.open = []
        let header = TextHeader(report: report, width: width, style: style)
        var lines = TextLayout.flow(header.processItems, width: width)
        lines += TextLayout.flow(words, width: width, separator: " ").map(style.warning)
        let findings = Finding.first(of: report)
        let sections = [
            lines, TextFindings(report: report, width: width, style: style, findings: findings).lines(),
            TextTable(report: report, width: width, style: style, top: top).lines(),
        ]
        return sections.filter { !$0.isEmpty }.joined(separator: [""]).joined(separator: "\n") + "\n"
    }

    /// `PREVIEW from 0.64% of the log, in 64 places: all numbers are estimates; …`, word by word.
    private var words: [String] {
        let text =
            "PREVIEW from \(Quantity.finePercent(sample.share)) of the log, in \(sample.placeCount) places: "
            + "all numbers are estimates; shares of two halves of it differ by "
            + "\(Quantity.finePercent(sample.difference)) at most. Reading goes on."
        return text.split(separator: " ").map(String.init)
    }
}

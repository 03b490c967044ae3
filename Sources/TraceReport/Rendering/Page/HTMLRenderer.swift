/// The report as one page for a browser: the verdict, the ranking, a flame graph, durations over time, the slowest
/// requests and the spans still open, in one file that needs no network.
///
/// The tables are plain HTML and read without JavaScript. Text out of the log stands in the page escaped or as JSON only,
/// and a content security policy lets nothing run but the page's own script. A page of 2,000 call paths takes 50 to 100 kB;
/// of trees larger than 5,000 nodes the narrowest are left out, which the page says. Takes time and memory in proportion
/// to the report.
public struct HTMLRenderer: Renderer {
    /// A report to show changes from; nil: none.
    public let baseline: Report?
    /// What decides about changes.
    public let options: Comparison.Options
    /// The comparison with it, where it was made before.
    private let comparison: Comparison?

    /// Makes a renderer.
    ///
    /// - Parameters:
    ///   - baseline: What the report is compared with: the page then says what changed, tested as ``Comparison`` does, and its
    ///     flame graph shows it.
    ///   - options: What decides about changes.
    public init(comparedWith baseline: Report? = nil, options: Comparison.Options = Comparison.Options()) {
        self.baseline = baseline
        self.options = options
        comparison = nil
    }

    /// Makes a renderer of the newer report of a comparison.
    ///
    /// - Parameters:
    ///   - comparison: The comparison.
    ///   - baseline: The older report of it.
    public init(_ comparison: Comparison, with baseline: Report) {
        self.baseline = baseline
        self.comparison = comparison
        options = comparison.options
    }

    /// Returns the page.
    public func render(_ report: Report) -> String {
        let made = comparison ?? baseline.map { Comparison(of: $0, with: report, options: options) }
        let comparison = made.map(PageComparison.init)
        let ranking = PageRanking(report)
        let data = PageData(report: report, ranking: ranking, baseline: baseline)
        var sections = PageMarkup.section("verdict", "Fix first", PageVerdict(report: report).list())
        if let comparison {
            sections += PageMarkup.section("compare", "What changed", comparison.paragraphs() + comparison.table())
        }
        sections += PageMarkup.section("functions", "Functions", Self.table(of: ranking, report))
        if !data.tree.isEmpty {
            sections += PageMarkup.flameGraph(leftOut: data.tree, isCompared: comparison != nil)
        }
        if !data.timeline.isEmpty { sections += PageMarkup.timeline }
        if !data.requests.isEmpty {
            sections += PageMarkup.section(
                "requests", "Slowest requests", data.requests.table() + PageMarkup.waterfall)
        }
        if !report.open.isEmpty {
            sections += PageMarkup.section("open", "Still open", PageOpenSpans(report: report).table())
        }
        return page(of: report, ranking, data, sections)
    }

    private func page(of report: Report, _ ranking: PageRanking, _ data: PageData, _ sections: String) -> String {
        let title = HTMLText.escaped("trace-report " + Self.name(of: report))
        return """
            <!DOCTYPE html>
            <html lang=en>
            <meta charset=utf-8>
            <meta http-equiv=Content-Security-Policy content="\(PagePolicy.text)">
            <meta name=viewport content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>\(PageStyle.text)</style>
            <header><h1>\(title)</h1>
            \(Self.facts(of: report))\(PageMarkup.search)</header>
            <main>
            <noscript><p class=note>The pictures need JavaScript. \(ranking.noteWithoutScript)</noscript>
            \(sections)</main>
            <script type=application/gzip id=data>\(data.text)</script>
            <script type=module>\(PageScript.text)</script>
            </html>

            """
    }

    private static func table(of ranking: PageRanking, _ report: Report) -> String {
        report.functions.isEmpty
            ? "<p>No finished span is recorded: the log holds who wrote it, and nothing it did.\n" : ranking.table()
    }

    private static func name(of report: Report) -> String {
        guard let first = report.inputs.first else { return "of nothing" }
        let name = first.file == "-" ? "(standard input)" : HTMLText.shown(first.file, columns: 80)
        return name + (report.inputs.count > 1 ? " and \(report.inputs.count - 1) more" : "")
    }

    private static func facts(of report: Report) -> String {
        var header = TextHeader(report: report, width: 300, style: TextStyle(usesColor: false))
        // What the option shows stands in the page.
        header.namesOptions = false
        func line(_ items: some Sequence<String>, _ name: String = "") -> String {
            let text = items.joined(separator: " · ")
            return text.isEmpty ? "" : "<p\(name)>\(HTMLText.escaped(text))\n"
        }
        let losses = header.lossItems
        return line(header.sourceItems.dropFirst()) + line(header.processItems) + line(header.selectionItems)
            + (losses.isEmpty ? line(["Complete: nothing lost, nothing damaged."]) : line(losses, " class=loss"))
            + header.notes.map { line([$0.joined(separator: " ")], " class=note") }.joined()
    }
}

import Testing

@testable import TraceReport

/// Whole views, compared with files in `Golden`.
@Suite("Whole views")
struct ViewGoldenTests {
    /// A view and the name of its files.
    struct Shown: Sendable, CustomTestStringConvertible {
        let name: String
        let view: any ReportView
        var testDescription: String { name }
    }

    static let shown = [
        Shown(name: "tree", view: TreeView()),
        Shown(name: "callers", view: CallsView(.callers, of: [Report.store])),
        Shown(name: "callees", view: CallsView(.callees, of: [Report.post, Report.decode])),
        Shown(name: "requests", view: RequestsView()), Shown(name: "open", view: OpenView()),
        Shown(name: "timeline", view: TimelineView()), Shown(name: "explain", view: ExplainView([Report.store])),
        Shown(name: "explain-root", view: ExplainView([Report.post])),
    ]

    @Test("as text, no line is wider than the terminal", arguments: shown, [80, 100])
    func text(shown: Shown, width: Int) throws {
        let report = try Report.pictureViews()
        let text = ViewRenderer(view: shown.view, layout: TextLayout(width: width)).render(report)
        #expect(text.split(separator: "\n").allSatisfy { SafeText.columns(of: String($0)) <= width })
        #expect(!text.contains("\u{1b}") && !text.contains(" \n"))
        try Golden.compare(text, with: "view-\(shown.name)-\(width).txt")
    }

    @Test("in colour, the words are the same", arguments: shown)
    func colour(shown: Shown) throws {
        let report = try Report.pictureViews()
        let plain = ViewRenderer(view: shown.view, layout: TextLayout()).render(report)
        let coloured = ViewRenderer(view: shown.view, layout: TextLayout(usesColor: true)).render(report)
        #expect(coloured.contains("\u{1b}["))
        #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
    }

    @Test("the first screen with everything on it", arguments: [60, 80, 100])
    func firstScreen(width: Int) throws {
        let report = try Report.pictureViews()
        let text = TextRenderer(width: width).render(report)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
        let coloured = TextRenderer(width: width, usesColor: true).render(report)
        #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == text)
        try Golden.compare(text, with: "first-screen-\(width).txt")
    }

    @Test("as CSV, Markdown and JSON", arguments: ["tree", "callees", "requests", "open", "timeline"])
    func tables(name: String) throws {
        let report = try Report.pictureViews()
        let view = try #require(Self.shown.first { $0.name == name }?.view as? any TabularView)
        let top = name == "timeline" ? TimelineView(top: 5) : view
        try Golden.compare(CSVRenderer(view: top).render(report), with: "view-\(name).csv")
        try Golden.compare(MarkdownRenderer(view: top).render(report), with: "view-\(name).md")
        try Golden.compare(ViewJSONRenderer(view: top).render(report), with: "view-\(name).json")
    }

    @Test("the ranking as CSV and Markdown")
    func ranking() throws {
        let report = try Report.pictureViews()
        try Golden.compare(CSVRenderer().render(report), with: "picture-service.csv")
        try Golden.compare(MarkdownRenderer().render(report), with: "picture-service.md")
    }

    @Test("views of a report of nothing are a sentence", arguments: shown)
    func nothing(shown: Shown) {
        let text = shown.view.lines(of: Report(sortKey: .selfTime), in: TextLayout(width: 60)).joined(separator: "\n")
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 60 })
        #expect(!text.contains("nan"))
    }
}

/// A part of a report that is asked for by name. A further view is a further conforming type, handed to whatever writes
/// reports.
public protocol ReportView: Sendable {
    /// Returns the view as lines of at most the layout's width, without line feeds. Takes time in proportion to the report.
    func lines(of report: Report, in layout: TextLayout) -> [String]
}

/// A view that is also a table, so that it can be written as CSV, Markdown and JSON.
public protocol TabularView: ReportView {
    /// Its name in the JSON.
    var name: String { get }
    /// Returns the view as a table, with all that the text rounds or leaves out for want of room.
    func table(of report: Report) -> ReportTable
}

/// A view as text for people, under the lines that say what was read and how much of the truth is missing.
public struct ViewRenderer: Renderer {
    /// What is shown.
    public let view: any ReportView
    /// How it is set.
    public let layout: TextLayout

    /// Makes a renderer.
    public init(view: any ReportView, layout: TextLayout) {
        self.view = view
        self.layout = layout
    }

    /// Returns the view as text.
    public func render(_ report: Report) -> String {
        var header = TextHeader(report: report, width: layout.width, style: layout.style)
        header.namesOptions = !(view is OpenView)
        return (header.lines() + [""] + view.lines(of: report, in: layout)).joined(separator: "\n") + "\n"
    }
}

/// A view for programs: one line of JSON, an array `rows` of objects whose members are the columns.
public struct ViewJSONRenderer: Renderer {
    /// What is shown.
    public let view: any TabularView

    /// Makes a renderer.
    public init(view: any TabularView) {
        self.view = view
    }

    /// Returns the view as one line of JSON.
    public func render(_ report: Report) -> String {
        let table = view.table(of: report)
        var writer = JSONWriter()
        writer.object { json in
            json.member("version", UInt64(1))
            json.member("view", view.name)
            json.array("rows") { json in
                for row in table.rows {
                    json.object { json in
                        for (column, value) in zip(table.columns, row) { write(value, column.name, to: &json) }
                    }
                }
            }
        }
        return writer.text + "\n"
    }

    private func write(_ value: ReportTable.Value, _ key: String, to json: inout JSONWriter) {
        switch value {
        case .text(let text): json.member(key, text)
        case .number(let number): json.member(key, number)
        case .count(let number), .nanoseconds(let number): json.member(key, number)
        case .share(let share): json.member(key, share)
        case .instant(let wall): json.member(key, WallTime(nanoseconds: wall).rfc3339)
        case .flag(let holds): json.member(key, holds)
        }
    }
}

/// The report for spreadsheets: comma-separated values (RFC 4180) with a header, of the ranking or another view.
///
/// Durations are in nanoseconds, instants in RFC 3339, shares of 0…1; what is not known is empty. Spreadsheets take a field
/// that begins with `=`, `+`, `-` or `@` for a formula and run it, quoted or not (CWE-1236), so text out of a log that
/// begins like that has an apostrophe before it, and is escaped like text for a terminal.
public struct CSVRenderer: Renderer {
    /// What is shown.
    public let view: any TabularView

    /// Makes a renderer; it shows the ranking unless another view is given.
    public init(view: any TabularView = RankingView()) {
        self.view = view
    }

    /// Returns the view as CSV; lines end in CRLF.
    public func render(_ report: Report) -> String {
        let table = view.table(of: report)
        let rows = [table.columns.map(\.name)] + table.rows.map { $0.map(Self.field) }
        return rows.map { $0.joined(separator: ",") + "\r\n" }.joined()
    }

    private static func field(_ value: ReportTable.Value) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .number(let number): "\(number)"
        case .count(let number), .nanoseconds(let number): number.map { "\($0)" } ?? ""
        case .share(let share): "\(share)"
        case .instant(let wall): WallTime(nanoseconds: wall).rfc3339
        case .flag(let holds): holds ? "true" : "false"
        }
    }

    private static func quoted(_ text: String) -> String {
        var safe = SafeText.escaped(text)
        // Some programs take the full-width forms for the same characters, and pass over spaces before them.
        if let first = safe.first(where: { $0 != " " }), "=+-@＝＋－＠".contains(first) { safe = "'" + safe }
        let isPlain = !safe.contains { $0 == "," || $0 == "\"" || $0 == ";" } && safe.first != " " && safe.last != " "
        return isPlain ? safe : "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}

/// The spans that had not ended, the oldest first, as a table.
struct PageOpenSpans {
    private static let most = 50

    let report: Report
    private var open: [OpenSpan] { report.open }

    func table() -> String {
        let ends = EndWords(report: report).ofSessions
        let rows = open.prefix(Self.most).map { span in
            let names = span.stack.map { HTMLText.shown($0.name, columns: 60) }
            let own = names.last ?? "(unknown)"
            let start = WallTime(nanoseconds: span.startWallNanoseconds)
            let thread = span.thread == 0 ? "async" : "\(span.thread)"
            let end = ends[span.session] ?? ""
            return "<tr><th scope=row>\(HTMLText.escaped(own))"
                + "<small>\(HTMLText.escaped(names.dropLast().suffix(6).joined(separator: " › ")))</small>"
                + "<td>\(Quantity.duration(span.ageNanoseconds))<td class=t>\(start.date) \(start.time)"
                + "<td>\(span.pid)<td>\(thread)<td class=t>\(end)\n"
        }
        let rest = open.count - Self.most
        let more = rest > 0 ? "<p class=note>… \(Quantity.grouped(UInt64(rest))) more.\n" : ""
        return "<div class=wide><table><thead><tr><th scope=col>function<th scope=col>open for"
            + "<th scope=col class=t>since (UTC)<th scope=col>pid<th scope=col>thread<th scope=col class=t>end<tbody>\n"
            + rows.joined()
            + "</table></div>\n" + more
    }
}

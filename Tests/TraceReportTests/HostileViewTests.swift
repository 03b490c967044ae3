import Foundation
import Testing
import TraceLog

@testable import TraceReport

/// Names that strangers chose, in every view and format.
@Suite("Hostile names in views and tables")
struct HostileViewTests {
    static let names = [
        "\u{1b}]0;title\u{7}", "\u{9b}31m", "\u{202e}\u{2066}", "\u{2028}", "a\r\nb", "\u{0}",
        "</script><img src=x onerror=alert(1)>", "a | b `c` *d* [e](http://f) @g www.h.i", "=cmd()|' /C calc'!A0",
        "+1", "-2+3", "@sum", " =1+1", "＝1", "a,\"b\";c", "\\|", "x\ty",
    ]

    private static let clean = Result { try Report.pictureViews() }

    /// The views' report with hostile text for every text there is.
    static func report(_ text: String) throws -> Report {
        var report = try clean.get()
        func spoil(_ place: inout FunctionPlace) {
            (place.name, place.function, place.file) = (text + place.name, text, text + place.file)
        }
        for index in report.functions.indices {
            report.functions[index].name = text + report.functions[index].name
            report.functions[index].function = text
            report.functions[index].file = text + report.functions[index].file
            report.functions[index].errorTypes = [.init(type: text, count: 3)]
        }
        for index in report.tree.functions.indices { spoil(&report.tree.functions[index]) }
        for index in report.requests.indices {
            for span in report.requests[index].spans.indices { spoil(&report.requests[index].spans[span].place) }
        }
        for index in report.open.indices {
            for place in report.open[index].stack.indices { spoil(&report.open[index].stack[place]) }
        }
        for index in report.timeline.functions.indices { spoil(&report.timeline.functions[index].place) }
        for index in report.processes.indices {
            (report.processes[index].program, report.processes[index].host) = (text, text)
        }
        report.inputs[0].file = text
        return report
    }

    private static func views(of report: Report) -> [any ReportView] {
        let places = report.functions.map(\.place)
        return [
            TreeView(), CallsView(.callers, of: places), CallsView(.callees, of: places), RequestsView(), OpenView(),
            TimelineView(), ExplainView(places), RankingView(),
        ]
    }

    private func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0 == "\n" || SafeText.isPrintable($0) }
    }

    @Test("no view shows what a terminal obeys, or is wider than it", arguments: names, [60, 100])
    func text(name: String, width: Int) throws {
        let report = try Self.report(name)
        for view in Self.views(of: report) {
            let text = ViewRenderer(view: view, layout: TextLayout(width: width)).render(report)
            #expect(isPrintable(text))
            #expect(text.split(separator: "\n").filter { SafeText.columns(of: String($0)) > width } == [])
        }
        #expect(isPrintable(TextRenderer(width: width).render(report)))
    }

    @Test("a row of CSV stays a row, and no field is a formula", arguments: names)
    func csv(name: String) throws {
        let report = try Self.report(name)
        for case let view as any TabularView in Self.views(of: report) {
            let text = CSVRenderer(view: view).render(report)
            #expect(isPrintable(text.replacing("\r\n", with: "\n")))
            let table = view.table(of: report)
            let rows = Self.fields(ofCSV: text)
            #expect(rows.count == table.rows.count + 1)
            #expect(rows.allSatisfy { $0.count == table.columns.count })
            for field in rows.joined() {
                #expect(!"=+-@＝＋－＠\t\r".contains(field.drop { $0 == " " }.first ?? "a"))
            }
        }
    }

    @Test("a row of Markdown stays a row without markup", arguments: names)
    func markdown(name: String) throws {
        let report = try Self.report(name)
        for case let view as any TabularView in Self.views(of: report) {
            let text = MarkdownRenderer(view: view).render(report)
            #expect(isPrintable(text))
            #expect(!text.contains("<") && !text.contains(">") && !text.contains("://") && !text.contains("@"))
            let table = view.table(of: report)
            let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
            #expect(rows.count == table.rows.count + 2)
            for row in rows {
                // What a backslash stands before is text.
                let bare = row.replacing(/\\[\\|`*_\[\]~$#]/, with: "")
                #expect(bare.count { $0 == "|" } == table.columns.count + 1)
                #expect(!bare.contains { "`*_[]~$".contains($0) })
            }
        }
    }

    @Test("JSON of a view holds the names as they are", arguments: names)
    func json(name: String) throws {
        let report = try Self.report(name)
        for case let view as any TabularView in Self.views(of: report) {
            let text = ViewJSONRenderer(view: view).render(report)
            #expect(text.hasSuffix("\n") && isPrintable(text) && text.count { $0 == "\n" } == 1)
            let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            let rows = try #require(parsed?["rows"] as? [[String: Any]])
            let expected = view.table(of: report)
            #expect(rows.count == expected.rows.count)
            let column = try #require(expected.columns.firstIndex { $0.name == "function" })
            for (row, values) in zip(rows, expected.rows) {
                #expect(values[column] == .text(row["function"] as? String ?? "missing"))
            }
        }
    }

    /// RFC 4180, as a reader takes it.
    private static func fields(ofCSV text: String) -> [[String]] {
        var rows: [[String]] = [[""]]
        var isQuoted = false
        var characters = Array(text.unicodeScalars)[...]
        while let character = characters.popFirst() {
            let (row, field) = (rows.count - 1, rows[rows.count - 1].count - 1)
            switch character {
            case "\"" where isQuoted && characters.first == "\"":
                rows[row][field] += "\""
                characters.removeFirst()
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: rows[row].append("")
            case "\r" where !isQuoted: continue
            case "\n" where !isQuoted: rows.append([""])
            default: rows[row][field].unicodeScalars.append(character)
            }
        }
        return rows.dropLast()
    }
}

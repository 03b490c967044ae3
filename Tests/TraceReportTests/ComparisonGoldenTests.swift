import Foundation
import SeededRandom
import TestSupport
import Testing
import TraceLog

@testable import TraceReport

/// Whole comparisons, compared with files in `Golden`, and names that strangers chose.
@Suite("Whole comparisons")
struct ComparisonGoldenTests {
    /// 30 windows in which a decoder got slower, a store faster, a cache is asked more often, a fetch moved by a line,
    /// a mail is rare, and a log came in place of a print.
    static func reports(_ prefix: String = "") -> (before: Report, after: Report) {
        var random = SeededGenerator(seed: 26)
        func windows(_ calls: Int, _ factor: Double, spread: Double = 0.4) -> [Timeline.Window] {
            SimulatedProgram(calls: calls, windowNoise: 0.05, spread: spread).windows(30, factor: factor, &random)
        }
        func place(_ name: String, _ line: UInt64) -> FunctionPlace {
            FunctionPlace(
                name: prefix + name, function: prefix + name + "(_:)", file: prefix + "Red/Measure.swift", line: line)
        }
        var before = Report(windows: [
            (place("POST /images", 10), windows(150, 5)), (place("image.decode", 20), windows(150, 4)),
            (place("image.store", 40), windows(150, 6)), (place("cache.lookup", 50), windows(150, 0.1)),
            (place("fetch", 60), windows(150, 1)), (place("mail", 70), windows(2, 9)),
            (place("print", 80), windows(150, 0.2)),
        ])
        var after = Report(windows: [
            (place("POST /images", 10), windows(150, 5)), (place("image.decode", 20), windows(150, 5.4)),
            (place("image.store", 40), windows(150, 4.5)), (place("cache.lookup", 50), windows(900, 0.1)),
            (place("fetch", 64), windows(150, 1)), (place("mail", 70), windows(2, 9)),
            (place("log", 80), windows(150, 0.1)),
        ])
        for (name, build) in [("old.log", "3f9c1e7a5b"), ("new.log", "77aa01c2d4")] {
            var report = name == "old.log" ? before : after
            var input = InputSummary(file: prefix + name)
            input.records = 1_000
            report.inputs = [input]
            report.processes = [
                ProcessSummary(
                    session: 1, pid: 1, host: prefix, program: prefix + "red", buildId: prefix + build,
                    mode: "aggregate",
                    startWallNanoseconds: 0, endWallNanoseconds: nil, hasEnded: true)
            ]
            report.tree = tree(of: report)
            if name == "old.log" { before = report } else { after = report }
        }
        return (before, after)
    }

    /// All functions under the first.
    private static func tree(of report: Report) -> CallingContextTree {
        var tree = CallingContextTree()
        for (index, function) in report.functions.enumerated() {
            tree.functions.append(function.place)
            var node = CallingContextTree.Node(
                parent: index == 0 ? nil : 0, function: index, depth: min(1, index))
            node.count = function.count
            node.selfNanoseconds = function.selfNanoseconds
            tree.nodes.append(node)
        }
        return tree
    }

    private static func comparison(_ prefix: String = "") -> Comparison {
        let (before, after) = reports(prefix)
        return Comparison(of: before, with: after)
    }

    private static let clean = comparison()

    @Test("as text, no line is wider than the terminal", arguments: [80, 100])
    func text(width: Int) throws {
        let text = ComparisonTextRenderer(layout: TextLayout(width: width)).render(Self.clean)
        #expect(text.split(separator: "\n").allSatisfy { SafeText.columns(of: String($0)) <= width })
        #expect(!text.contains("\u{1b}") && !text.contains(" \n"))
        try Golden.compare(text, with: "comparison-\(width).txt")
        let coloured = ComparisonTextRenderer(layout: TextLayout(width: width, usesColor: true)).render(Self.clean)
        #expect(coloured.contains("\u{1b}["))
        #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == text)
    }

    @Test("as Markdown, JSON and a flame graph")
    func formats() throws {
        try Golden.compare(ComparisonMarkdownRenderer().render(Self.clean), with: "comparison.md")
        let json = ComparisonJSONRenderer().render(Self.clean)
        _ = try JSONSerialization.jsonObject(with: Data(json.utf8))
        try Golden.compare(json, with: "comparison.json")
        let (before, after) = Self.reports()
        let page = DifferentialFlameGraphRenderer(comparedWith: before).render(after)
        try Golden.compare(page, with: "comparison.html")
        // What is gone is drawn, and what is new.
        for words in [
            "<title>print: ", "<td>-</td><td>print</td>", "<td>+</td><td>log</td>", "<td>+</td><td>image.decode</td>",
            ">- image.store<", ">+ image.decode<", "class=\"same\"",
        ] {
            #expect(page.contains(words))
        }
    }

    @Test("the verdicts are those of the windows")
    func verdicts() {
        let comparison = Self.clean
        #expect(comparison.slower.map(\.after.name).contains("image.decode"))
        #expect(comparison.faster.map(\.after.name) == ["image.store"])
        #expect(comparison.calledDifferently.map(\.after.name) == ["cache.lookup"])
        #expect(comparison.new.map(\.name) == ["log"] && comparison.gone.map(\.name) == ["print"])
        #expect(comparison.untold.map(\.after.name) == ["mail"])
        let gate = RegressionGate("10%")?.failures(in: comparison) ?? []
        #expect(gate.contains { $0.place?.name == "image.decode" && $0.measured.hasPrefix("p99 ") })
        #expect(!gate.contains { $0.place?.name == "image.store" || $0.place?.name == "fetch" })
        #expect(RegressionGate("10000%")?.failures(in: comparison) == [])
    }

    @Test("the page's policy lets its own style be, and nothing else")
    func policy() throws {
        let (before, after) = Self.reports()
        let page = DifferentialFlameGraphRenderer(comparedWith: before).render(after)
        let digest = try #require(page.firstMatch(of: /style-src '(sha256-[^']+)'/)).1
        let style = try #require(page.firstMatch(of: /(?s)<style>(.*)<\/style>/)).1
        let run = try ProgramRun.run(
            "python3",
            [
                "-c",
                "import base64,hashlib,sys;"
                    + "print(base64.b64encode(hashlib.sha256(sys.stdin.buffer.read()).digest()).decode())",
            ], input: Array(style.utf8))
        #expect("sha256-" + run.output.filter { $0 != "\n" } == digest)
        #expect(!page.contains("<script") && !page.contains("://"))
    }

    @Test("a comparison of nothing is a sentence")
    func nothing() {
        let empty = Report(sortKey: .selfTime)
        let text = ComparisonTextRenderer().render(Comparison(of: empty, with: empty))
        #expect(text.contains("cannot be told") && !text.contains("nan"))
        #expect(DifferentialFlameGraphRenderer(comparedWith: empty).render(empty).contains("</html>"))
    }

    @Test("no format shows or obeys what a stranger wrote", arguments: HostileViewTests.names)
    func hostile(name: String) throws {
        func isPrintable(_ text: String) -> Bool {
            text.unicodeScalars.allSatisfy { $0 == "\n" || SafeText.isPrintable($0) }
        }
        let (before, after) = Self.reports(name)
        var options = Comparison.Options()
        options.resamples = 0
        let comparison = Comparison(of: before, with: after, options: options)
        for width in [60, 100] {
            let text = ComparisonTextRenderer(layout: TextLayout(width: width)).render(comparison)
            #expect(isPrintable(text))
            #expect(text.split(separator: "\n").filter { SafeText.columns(of: String($0)) > width } == [])
        }
        let markdown = ComparisonMarkdownRenderer().render(comparison)
        #expect(isPrintable(markdown) && !markdown.contains("<") && !markdown.replacing("\\`", with: "").contains("`"))
        let rows = markdown.split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(rows.allSatisfy { $0.replacing("\\\\", with: "").replacing("\\|", with: "").count { $0 == "|" } == 5 })
        let json = ComparisonJSONRenderer().render(comparison)
        #expect(isPrintable(json))
        _ = try JSONSerialization.jsonObject(with: Data(json.utf8))
        let page = DifferentialFlameGraphRenderer(comparedWith: before).render(after)
        #expect(isPrintable(page) && !page.contains("<img") && !page.contains("</script"))
        let gate = try Gate("max(*) >= 0ns").failures(in: after)
        #expect(gate.count == after.functions.count && gate.allSatisfy { isPrintable($0.message) })
    }
}

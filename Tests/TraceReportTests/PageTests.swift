import Foundation
import TestSupport
import Testing

@testable import TraceReport

@Suite("The page of a report")
struct PageTests {
    /// What stands between two texts, the first time.
    private func content(of page: String, from start: String, to end: String) throws -> String {
        let first = try #require(page.firstRange(of: start))
        let rest = page[first.upperBound...]
        return String(rest[..<(try #require(rest.firstRange(of: end))).lowerBound])
    }

    @Test("runs its own script only, and needs no network", arguments: ["script", "style"])
    func policy(element: String) throws {
        let page = HTMLRenderer(comparedWith: PageService.report(seed: 3)).render(PageService.report())
        let begin = element == "script" ? "<script type=module>" : "<style>"
        let digest = try sha256(of: try content(of: page, from: begin, to: "</\(element)>"))
        #expect(page.contains("\(element)-src 'sha256-\(digest)'"), "its digest is \(digest)")
        #expect(page.contains("default-src 'none'"))
        #expect(!page.contains("://"))
        #expect(!page.contains(" style="))
    }

    @Test(
        "takes 100 kB at most for 2,000 call paths, and 8 kB of that for its script",
        arguments: [20, 64, 200, 300, 1_000])
    func size(functions: Int) throws {
        let page = HTMLRenderer().render(PageReports.large(paths: 2_000, functions: functions))
        #expect(page.utf8.count <= 100_000, "\(page.utf8.count)")
        #expect(PageScript.text.utf8.count <= 8_000, "\(PageScript.text.utf8.count)")
    }

    @Test("and 120 kB where it compares two deployments of as many")
    func comparedSize() throws {
        let before = PageReports.large(paths: 2_000, functions: 300)
        let page = HTMLRenderer(comparedWith: before).render(PageReports.large(paths: 2_000, functions: 300, seed: 2))
        #expect(page.utf8.count <= 120_000, "\(page.utf8.count)")
    }

    @Test("leaves out nodes of very large trees, and says so")
    func largeTree() throws {
        let page = HTMLRenderer().render(PageReports.large(paths: 20_000, functions: 400))
        #expect(page.utf8.count <= 220_000, "\(page.utf8.count)")
        let note = try content(of: page, from: "<p id=frame class=status role=status></p>\n<p class=note>", to: "\n")
        #expect(note.contains(" nodes too narrow to be seen left out: "), "\(note)")
    }

    @Test("a chain of 100,000 paths is cut")
    func deepChain() throws {
        var report = PageService.report(requests: 1)
        report.tree.nodes = (0..<100_000).map { depth in
            var node = CallingContextTree.Node(parent: depth == 0 ? nil : depth - 1, function: 0, depth: depth)
            (node.totalNanoseconds, node.count) = (1_000, 1)
            return node
        }
        let page = HTMLRenderer(comparedWith: report).render(report)
        #expect(page.contains("99,800 nodes too narrow to be seen left out"))
    }

    @Test("says that nothing is recorded where nothing is")
    func empty() {
        let page = HTMLRenderer().render(LogAnalyser().report())
        #expect(page.contains("No finished span is recorded"))
        #expect(!page.contains("<canvas"))
    }

    @Test("the largest numbers are written", arguments: [UInt64.max, 1 << 63, 0, 1])
    func largestNumbers(number: UInt64) {
        var report = PageService.report(requests: 3)
        for index in report.functions.indices {
            report.functions[index].count = number
            report.functions[index].totalNanoseconds = number
            report.functions[index].selfNanoseconds = number
            report.functions[index].p99Nanoseconds = number
        }
        for index in report.tree.nodes.indices {
            report.tree.nodes[index].count = number
            report.tree.nodes[index].totalNanoseconds = number
            report.tree.nodes[index].selfNanoseconds = number
            report.tree.nodes[index].cpuNanoseconds = number
        }
        report.timeline.startWallNanoseconds = number
        report.timeline.windowNanoseconds = number
        report.requests[0].durationNanoseconds = number
        report.open[0].ageNanoseconds = number
        #expect(HTMLRenderer(comparedWith: PageService.report(requests: 2)).render(report).hasSuffix("</html>\n"))
        #expect(HTMLRenderer(comparedWith: report).render(PageService.report(requests: 2)).hasSuffix("</html>\n"))
    }

    @Test("a hostile name makes no element, and reaches nothing unescaped", arguments: SampleFormats.hostileNames)
    func hostileNames(name: String) throws {
        var options = Comparison.Options()
        options.resamples = 0
        func page(_ text: String) -> String {
            HTMLRenderer(comparedWith: PageReports.hostile(text), options: options).render(PageReports.hostile(text))
        }
        let (plain, page) = (page("x"), page(name))
        #expect(SampleFormats.isPrintable(page))
        #expect(page.count { $0 == "<" } == plain.count { $0 == "<" })
        #expect(page.count { $0 == ">" } == plain.count { $0 == ">" })
        let text = try content(of: page, from: "<script type=application/gzip id=data>", to: "</script>")
        let packed = try #require(Data(base64Encoded: text))
        let data = try ProgramRun.run("gzip", ["-dc"], input: [UInt8](packed)).standardOutput
        let json = try #require(try JSONSerialization.jsonObject(with: Data(data)) as? [String: Any])
        let paths = try #require(json["paths"] as? [String])
        #expect(paths == [HTMLText.shown(name)])
    }

    @Test("numbers are packed with three digits at least")
    func packedNumbers() {
        func read(_ text: String) -> Double {
            let code = Int(text, radix: 36) ?? 0
            return (0..<code % 36).reduce(Double(code / 36)) { value, _ in value * 10 }
        }
        for number in [0, 1, 999, 1_295, 1_296, 12_345, 999_999, 4_294_967_295, 1 << 63, UInt64.max] as [UInt64] {
            let packed = PackedNumbers.rounded([number])
            #expect(packed.utf8.count == 3)
            #expect(abs(read(packed) - Double(number)) <= 0.005 * Double(number), "\(number)")
        }
        #expect(PackedNumbers.text([0, 35, 36]) == (2, "000z10"))
        #expect(PackedNumbers.text([99], width: 1) == "z")
    }

    @Test("verdicts are those of the text, with what they are of")
    func changes() throws {
        let before = PageService.report(requests: 40)
        let after = PageService.report(seed: 8, storeFactor: 8, requests: 20)
        let page = HTMLRenderer(comparedWith: before).render(after)
        let row = try content(of: page, from: "<tbody>\n<tr><th scope=row>disk.sync<small>", to: "\n")
        #expect(row.hasPrefix("<b class=up>slower</b> sync(_:) at RED/StoreWriter.swift:91</small>"), "\(row)")
        #expect(row.contains(/<td class=up>\+\d+%<small>\+\d+% to \+[\d,]+%<\/small>/), "\(row)")
        let comparison = Comparison(of: before, with: after)
        for sentence in ComparisonWords.verdict(of: comparison) { #expect(page.contains(sentence)) }
        let rows = try content(of: page, from: "<table class=sort id=changes>", to: "</table>")
        #expect(rows.count(of: "<b class=up>slower") == comparison.slower.count)
        #expect(rows.count(of: "<b class=down>faster") == comparison.faster.count)
        #expect(rows.count(of: "<tr>") == comparison.functions.count + comparison.new.count + comparison.gone.count + 1)
        let same = PageComparison(Comparison(of: before, with: before)).table()
        #expect(!same.contains("class=up") && !same.contains("class=down"))
    }

    @Test("paths that are gone are in the graph, with what they took for as many requests")
    func gonePaths() throws {
        let before = PageService.report(requests: 4)
        var after = PageService.report(requests: 8)
        let place = try #require(after.tree.functions.firstIndex { $0.name == "cache.lookup" })
        after.tree.nodes.removeAll { $0.function == place }
        let both = DifferentialTree(before: before, after: after)
        let gone = try #require(both.nodes.first { $0.place.name == "cache.lookup" })
        #expect(gone.newer == nil && gone.ownAfter == 0 && gone.ownBefore > 0)
        let data = PageData(report: after, ranking: PageRanking(after), baseline: before)
        #expect(data.json.contains("cache.lookup"))
        let same = DifferentialTree(before: before, after: before)
        #expect(same.nodes.allSatisfy { $0.ownBefore == $0.ownAfter && $0.newer != nil })
    }

    @Test("a function that is called at two lines of one function is two, before and after")
    func twoLines() {
        func report(_ times: [UInt64]) -> Report {
            var report = PageService.report(requests: 1)
            report.tree = CallingContextTree()
            report.tree.functions = [10, 20].map { FunctionPlace(name: "f", function: "g()", file: "F", line: $0) }
            report.tree.nodes = times.enumerated().map { index, time in
                var node = CallingContextTree.Node(parent: nil, function: index, depth: 0)
                (node.count, node.selfNanoseconds) = (1, time)
                return node
            }
            return report
        }
        let both = DifferentialTree(before: report([10, 20]), after: report([30, 40]))
        #expect(both.nodes.map(\.ownBefore) == [5, 10] && both.nodes.map(\.ownAfter) == [15, 20])
    }

    @Test("functions that are new or gone are so called")
    func newAndGone() throws {
        let before = PageService.report(requests: 4)
        var after = before
        let index = try #require(after.functions.firstIndex { $0.name == "cache.lookup" })
        after.functions[index].name = "cache.find"
        let page = HTMLRenderer(comparedWith: before).render(after)
        #expect(page.contains("cache.find<small><b>new</b>"))
        #expect(page.contains("cache.lookup<small><b>gone</b>"))
    }
}

extension String {
    /// How often a text is in it.
    fileprivate func count(of text: String) -> Int { ranges(of: text).count }
}

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

    private func sha256(of text: String) throws -> String {
        let sum = try ProgramRun.run("sha256sum", input: Array(text.utf8))
        let digits = sum.output.prefix(64)
        try #require(sum.status == 0 && digits.count == 64)
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { UInt8(digits.dropFirst($0).prefix(2), radix: 16) }
        return Data(bytes).base64EncodedString()
    }

    @Test("runs its own script only, and needs no network", arguments: ["script", "style"])
    func policy(element: String) throws {
        let page = HTMLRenderer(comparedWith: PageService.report(seed: 3)).render(PageService.report())
        let digest = try sha256(of: try content(of: page, from: "<\(element)>", to: "</\(element)>"))
        #expect(page.contains("\(element)-src 'sha256-\(digest)'"), "its digest is \(digest)")
        #expect(page.contains("default-src 'none'"))
        #expect(!page.contains("://"))
        #expect(!page.contains(" style="))
    }

    @Test("takes 100 kB at most for 2,000 call paths, and 8 kB of that for its script", arguments: [20, 200])
    func size(functions: Int) throws {
        let page = HTMLRenderer().render(PageReports.large(paths: 2_000, functions: functions))
        #expect(page.utf8.count <= 100_000, "\(page.utf8.count)")
        #expect(PageScript.text.utf8.count <= 8_000, "\(PageScript.text.utf8.count)")
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
    func hostileNames(text: String) throws {
        let plain = HTMLRenderer(comparedWith: PageReports.hostile("x")).render(PageReports.hostile("x"))
        let page = HTMLRenderer(comparedWith: PageReports.hostile(text)).render(PageReports.hostile(text))
        #expect(SampleFormats.isPrintable(page))
        #expect(page.count { $0 == "<" } == plain.count { $0 == "<" })
        #expect(page.count { $0 == ">" } == plain.count { $0 == ">" })
        let data = try content(of: page, from: "<script type=application/json id=data>", to: "</script>")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any])
        let files = try #require(json["files"] as? [String])
        #expect(files == [HTMLText.shown(text)])
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

    @Test("changes are per request, and signed")
    func changes() throws {
        let before = PageService.report(requests: 40)
        let after = PageService.report(seed: 8, storeFactor: 2, requests: 20)
        let page = HTMLRenderer(comparedWith: before).render(after)
        let row = try content(of: page, from: "<tbody>\n<tr><th scope=row>disk.sync", to: "\n")
        #expect(row.contains("class=up>+"), "\(row)")
        #expect(PageComparison.change(100, 112) == "+12%")
        #expect(PageComparison.change(100, 92) == "−8%")
        #expect(PageComparison.change(100, 100.4) == "0%")
        #expect(PageComparison.change(0, 5) == "–")
        let same = PageComparison(of: before, with: before)
        #expect(same.selfTimesBefore(of: before.tree) == before.tree.nodes.map(\.selfNanoseconds))
        #expect(!same.table().contains("class=up"))
    }

    @Test("functions that are new or gone are so called")
    func newAndGone() throws {
        let before = PageService.report(requests: 4)
        var after = before
        let index = try #require(after.functions.firstIndex { $0.name == "cache.lookup" })
        after.functions[index].name = "cache.find"
        let page = HTMLRenderer(comparedWith: before).render(after)
        #expect(page.contains("cache.find <b>new</b>"))
        #expect(page.contains("cache.lookup <b>gone</b>"))
    }
}

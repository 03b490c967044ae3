import Foundation
import TestSupport
import Testing
import TraceReport

@Suite("The time of spans in the formats of profilers")
struct SpanProfileTests {
    /// The picture service's calls: 2.0 s of requests, of which 1.3 s decode, and a decoder under another root.
    static func timed(_ names: [String] = ["POST /images", "image.decode", "image.red.count", "image.store", "GET /"])
        throws -> Report
    {
        var found = try report(WrittenLog.pictureService().bytes)
        var tree = CallingContextTree()
        tree.functions = names.enumerated().map { index, name in
            FunctionPlace(name: name, function: "run(_:)", file: "Red/Measure.swift", line: 10 * UInt64(index + 1))
        }
        func add(_ function: Int, under parent: Int?, total: UInt64, own: UInt64) {
            var node = CallingContextTree.Node(
                parent: parent, function: function, depth: parent.map { tree.nodes[$0].depth + 1 } ?? 0)
            (node.count, node.totalNanoseconds, node.selfNanoseconds) = (100, total, own)
            tree.nodes.append(node)
        }
        add(0, under: nil, total: 2_000_000_000, own: 100_000_000)
        add(1, under: 0, total: 1_300_000_000, own: 1_000_000_000)
        add(2, under: 1, total: 300_000_000, own: 300_000_000)
        add(3, under: 0, total: 600_000_000, own: 600_000_000)
        add(4, under: nil, total: 70_000_000, own: 0)
        add(1, under: 4, total: 70_000_000, own: 70_000_000)
        found.tree = tree
        return found
    }

    private static let expected: [[String]: UInt64] = [
        ["POST /images"]: 100_000_000, ["POST /images", "image.decode"]: 1_000_000_000,
        ["POST /images", "image.decode", "image.red.count"]: 300_000_000,
        ["POST /images", "image.store"]: 600_000_000, ["GET /", "image.decode"]: 70_000_000,
    ]

    @Test("all hold each path's self time, in nanoseconds")
    func agreement() throws {
        let report = try Self.timed()
        #expect(SampleFormats.stacks(ofCollapsed: CollapsedRenderer(of: .spans).render(report)) == Self.expected)
        let profile = try PprofProfile(PprofRenderer(of: .spans).encoded(report))
        #expect(profile.stacks == Self.expected.mapValues { [$0] })
        #expect(profile.sampleTypes == ["self"])
        #expect(profile.sampleUnits == ["nanoseconds"])
        #expect(profile.defaultType == "self")
        #expect(profile.fileOfFunction["image.decode"] == "Red/Measure.swift")
        let speedscope = SpeedscopeRenderer(of: .spans).render(report)
        #expect(try SampleFormats.stacks(ofSpeedscope: speedscope) == Self.expected)
        #expect(speedscope.contains(#""unit":"nanoseconds""#))
        let page = FlameGraphRenderer(of: .spans).render(report)
        #expect(try SampleFormats.stacks(ofFlameGraph: page) == Self.expected)
    }

    @Test("a flame graph says what it is of, and has the functions as a table without scripts")
    func flameGraph() throws {
        let page = FlameGraphRenderer(of: .spans).render(try Self.timed())
        #expect(page.contains("2.07s of self time of spans on 6 call paths, since 2026-11-24"))
        #expect(!page.contains("stack sample"))
        #expect(!page.contains("class=\"inlined\""))
        let read = try PageParser.parse(page)
        #expect(read.texts["caption"] == "Self time of spans")
        #expect(read.texts["td"]?.contains("image.decodeRed/Measure.swift:20300") == true)
    }

    @Test("samples are shown where there are any, else spans")
    func preferred() throws {
        let report = try Self.timed()
        #expect(ProfileContent.preferred(for: report) == .spans)
        #expect(ProfileContent.spans.isPresent(in: report))
        #expect(!ProfileContent.samples.isPresent(in: report))
        #expect(ProfileContent.preferred(for: try sampled()) == .samples)
    }

    private func sampled() throws -> Report { try report(WrittenLog.sampledPictureService().bytes) }

    @Test("hostile names break no format", arguments: SampleFormats.hostileNames)
    func hostileNames(name: String) throws {
        let report = try Self.timed([name, name + "1", name, "x", "y"])
        for text in [SpeedscopeRenderer(of: .spans).render(report), FlameGraphRenderer(of: .spans).render(report)] {
            #expect(SampleFormats.isPrintable(text))
        }
        let speedscope = try SampleFormats.stacks(ofSpeedscope: SpeedscopeRenderer(of: .spans).render(report))
        #expect(speedscope[[name, name + "1"]] == 1_000_000_000)
        let page = FlameGraphRenderer(of: .spans).render(report)
        #expect(try SampleFormats.stacks(ofFlameGraph: page)[[name, name + "1"]] == 1_000_000_000)
        let read = try PageParser.parse(page)
        #expect(Set(read.tags).isDisjoint(with: ["img", "iframe", "a", "link", "object", "svg"]))
        #expect(read.attributes.allSatisfy { !$0.hasPrefix("on") && $0 != "src" && $0 != "href" })
        let collapsed = CollapsedRenderer(of: .spans).render(report)
        #expect(SampleFormats.isPrintable(collapsed))
        let depths = collapsed.split(separator: "\n").map { $0.count { $0 == ";" } }
        #expect(depths.sorted() == [0, 1, 1, 1, 2])
        #expect(try PprofProfile(PprofRenderer(of: .spans).encoded(report)).stacks[["y", name + "1"]] == [70_000_000])
    }

    @Test("the largest times saturate, and no format fails without spans")
    func extremes() throws {
        var report = try Self.timed()
        for node in report.tree.nodes.indices { report.tree.nodes[node].selfNanoseconds = .max }
        for format in SampleFormats.all(of: .spans) { #expect(!format(report).isEmpty) }
        report.tree = CallingContextTree()
        for format in SampleFormats.all(of: .spans) { _ = format(report) }
        #expect(CollapsedRenderer(of: .spans).render(report).isEmpty)
    }
}

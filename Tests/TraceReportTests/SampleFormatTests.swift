import Foundation
import TestSupport
import Testing
import TraceReport

@Suite("The formats of samples")
struct SampleFormatTests {
    private func sampled() throws -> Report { try report(WrittenLog.sampledPictureService().bytes) }

    @Test("all hold the same stacks and counts")
    func agreement() throws {
        let report = try sampled()
        let collapsed = SampleFormats.stacks(ofCollapsed: CollapsedRenderer().render(report))
        #expect(collapsed.values.reduce(0, +) == 1494)
        let profile = try PprofProfile(PprofRenderer().encoded(report))
        #expect(profile.stacks.mapValues { $0[0] + $0[1] } == collapsed)
        #expect(try speedscope(report).merging(try speedscope(report, profile: 1)) { $0 + $1 } == collapsed)
        #expect(try flameGraph(report) == collapsed)
    }

    /// The stacks of one of speedscope's profiles.
    private func speedscope(_ report: Report, profile index: Int = 0) throws -> [[String]: UInt64] {
        let text = SpeedscopeRenderer().render(report)
        let file = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let frames = try #require((file["shared"] as? [String: Any])?["frames"] as? [[String: Any]])
        let names = frames.map { ($0["name"] as? String ?? "").replacing(" (async)", with: "") }
        let profile = try #require((file["profiles"] as? [[String: Any]])?[index])
        let samples = try #require(profile["samples"] as? [[Int]])
        let weights = try #require(profile["weights"] as? [UInt64])
        #expect(samples.count == weights.count)
        #expect(profile["endValue"] as? UInt64 == weights.reduce(0, +))
        var stacks: [[String]: UInt64] = [:]
        for (sample, weight) in zip(samples, weights) { stacks[sample.map { names[$0] }, default: 0] += weight }
        return stacks
    }

    /// The stacks that the nodes of a flame graph stand for: a node's own samples are what it has more than those below it.
    private func flameGraph(_ report: Report) throws -> [[String]: UInt64] {
        let page = try PageParser.parse(FlameGraphRenderer().render(report))
        let data = Data(try #require(page.texts["script:application/json"]).utf8)
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let names = try #require(json["frames"] as? [[String]]).map { $0[0] }
        var stacks: [[String]: UInt64] = [:]
        var open: [String] = []
        for node in try #require(json["nodes"] as? [[UInt64]]) {
            open.removeLast(open.count - Int(node[0]))
            if !open.isEmpty { stacks[open, default: 0] -= node[2] + node[3] }
            open.append(names[Int(node[1])])
            stacks[open, default: 0] += node[2] + node[3]
        }
        return stacks.filter { $0.value > 0 }
    }

    @Test("pprof has both kinds of samples, modules and files, and shows the kind there is")
    func pprof() throws {
        let profile = try PprofProfile(PprofRenderer().encoded(try sampled()))
        #expect(profile.sampleTypes == ["on_cpu", "off_cpu"])
        #expect(profile.defaultType == "on_cpu")
        #expect(profile.program == "red")
        #expect(profile.moduleOfFunction["inflate_fast"] == "libz.so.1.2.13")
        #expect(profile.fileOfFunction["[image.decode]"] == "Red/Measure.swift")
        var analyser = LogAnalyser()
        try analyser.read(.bytes(WrittenLog.sampledPictureService().bytes, name: "server.log"))
        let waiting = analyser.report(samples: SampleSelection(threads: .offCPU))
        #expect(try PprofProfile(PprofRenderer().encoded(waiting)).defaultType == "off_cpu")
    }

    @Test("speedscope has a profile for each kind, with what its schema asks for")
    func speedscopeMembers() throws {
        let text = SpeedscopeRenderer().render(try sampled())
        let file = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(file["$schema"] as? String == "https://www.speedscope.app/file-format-schema.json")
        let profiles = try #require(file["profiles"] as? [[String: Any]])
        #expect(profiles.map { $0["name"] as? String } == ["on CPU", "waiting"])
        for profile in profiles {
            let members: Set = ["type", "name", "unit", "startValue", "endValue", "samples", "weights"]
            #expect(Set(profile.keys) == members)
            #expect(profile["type"] as? String == "sampled")
            #expect(profile["unit"] as? String == "none")
        }
    }

    @Test("async and inlined functions are marked")
    func marks() throws {
        let report = try sampled()
        #expect(CollapsedRenderer().render(report).contains("serve()_[a];handle(_:)_[a];store(_:)_[a];insert(_:);"))
        #expect(SpeedscopeRenderer().render(report).contains(#""name":"serve() (async)""#))
        #expect(FlameGraphRenderer().render(report).contains(#"["serve()","red","async"]"#))
    }

    @Test("a flame graph's page runs its own script only, and needs no network", arguments: ["script", "style"])
    func policy(element: String) throws {
        let page = FlameGraphRenderer().render(try sampled())
        let start = try #require(page.firstRange(of: "<\(element)>"))
        let rest = page[start.upperBound...]
        let end = try #require(rest.firstRange(of: "</\(element)>"))
        let digest = try sha256(of: String(rest[..<end.lowerBound]))
        #expect(page.contains("\(element)-src 'sha256-\(digest)'"))
        #expect(page.contains("default-src 'none'"))
        #expect(!page.contains("://"))
        #expect(page.utf8.count < 20_000)
    }

    private func sha256(of text: String) throws -> String {
        let sum = try ProgramRun.run("sha256sum", input: Array(text.utf8))
        let digits = sum.output.prefix(64)
        try #require(sum.status == 0 && digits.count == 64)
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { UInt8(digits.dropFirst($0).prefix(2), radix: 16) }
        return Data(bytes).base64EncodedString()
    }

    @Test("a flame graph shows the hottest functions without scripts")
    func withoutScripts() throws {
        let page = try PageParser.parse(FlameGraphRenderer().render(try sampled()))
        #expect(page.tags.contains("noscript"))
        #expect(page.texts["td"]?.contains("inflate_fast") == true)
        #expect(page.texts["caption"] == "1,024 samples on a CPU470 samples waiting")
    }

    @Test("no format fails without samples")
    func empty() throws {
        let report = try report(WrittenLog.pictureService().bytes)
        #expect(CollapsedRenderer().render(report).isEmpty)
        #expect(try speedscope(report).isEmpty)
        #expect(try flameGraph(report).isEmpty)
        #expect(try PprofProfile(PprofRenderer().encoded(report)).stacks.isEmpty)
    }

    @Test("a flame graph of very many stacks leaves the narrowest out")
    func manyNodes() throws {
        var log = WrittenLog()
        log.writeSession()
        for stack in 1...6_000 as ClosedRange<UInt64> {
            log.writeSample(0, "cpu", stack == 77 ? 1_000 : 1, frames: (0..<10).map { 1 << 48 | stack << 16 | $0 })
        }
        let report = try report(log.bytes)
        #expect(report.samples.tree.nodes.count == 60_000)
        let stacks = try flameGraph(report)
        #expect(stacks.map(\.value) == [1_000])
        let page = FlameGraphRenderer().render(report)
        #expect(page.contains("59,990 frames of fewer than 2 samples not drawn"))
        #expect(page.contains("\"total\":[6999,0]"))
    }
}

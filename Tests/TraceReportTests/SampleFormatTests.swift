import Foundation
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
        let speedscope = SpeedscopeRenderer().render(report)
        let profiles = try [0, 1].map { try SampleFormats.stacks(ofSpeedscope: speedscope, profile: $0) }
        #expect(profiles[0].merging(profiles[1]) { $0 + $1 } == collapsed)
        #expect(try SampleFormats.stacks(ofFlameGraph: FlameGraphRenderer().render(report)) == collapsed)
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

    @Test("speedscope has a profile for each kind, in samples")
    func speedscopeProfiles() throws {
        let file = try SampleFormats.object(SpeedscopeRenderer().render(try sampled()))
        let profiles = try #require(file["profiles"] as? [[String: Any]])
        #expect(profiles.map { $0["name"] as? String } == ["on CPU", "waiting"])
        #expect(profiles.map { $0["unit"] as? String } == ["none", "none"])
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
        #expect(try SampleFormats.stacks(ofSpeedscope: SpeedscopeRenderer().render(report)).isEmpty)
        #expect(try SampleFormats.stacks(ofFlameGraph: FlameGraphRenderer().render(report)).isEmpty)
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
        let page = FlameGraphRenderer().render(report)
        #expect(try SampleFormats.stacks(ofFlameGraph: page).map(\.value) == [1_000])
        #expect(page.contains("59,990 frames of fewer than 2 samples not drawn"))
        #expect(page.contains("\"total\":[6999,0]"))
    }
}

import Foundation
import TestSupport
import Testing
import TraceReport

/// What a reader made of pprof's own definition of its format finds in profiles of ours.
@Suite("Profiles for pprof")
struct PprofReaderTests {
    private typealias Profile = FormatReader.Profile

    private func read(_ reports: [Report], of content: ProfileContent) async throws -> [Profile] {
        try await FormatReader.read(reports.map { PprofRenderer(of: content).encoded($0) }, as: "pprof")
    }

    private static func stacks(of profile: Profile) -> [[String]: UInt64] {
        var stacks: [[String]: UInt64] = [:]
        for sample in profile.samples { stacks[sample.stack, default: 0] += sample.values.reduce(0, +) }
        return stacks
    }

    @Test("samples are read with stacks, modules and units")
    func samples() async throws {
        let report = try report(WrittenLog.sampledPictureService().bytes)
        let profile = try #require(try await read([report], of: .samples).first)
        #expect(Self.stacks(of: profile) == SampleFormats.stacks(ofCollapsed: CollapsedRenderer().render(report)))
        #expect(profile.types == ["on_cpu", "off_cpu"].map { Profile.ValueType(type: $0, unit: "count") })
        #expect(profile.defaultType == "on_cpu")
        #expect(profile.modules["inflate_fast"] == "libz.so.1.2.13")
    }

    @Test("packed by gzip, as pprof's own files are, and without a time: the reader finds the same when it is unpacked")
    func packed() async throws {
        let report = try report(WrittenLog.sampledPictureService().bytes)
        let packed = PprofRenderer().encoded(report)
        // RFC 1952: magic number, method, flags, and the time, which is none.
        #expect(packed.prefix(8) == [0x1f, 0x8b, 8, 0, 0, 0, 0, 0])
        #expect(packed == PprofRenderer().encoded(report))
        let files = [packed, try PprofProfile.unpacked(packed)]
        #expect(files[1].count > packed.count)
        let profiles: [Profile] = try await FormatReader.read(files, as: "pprof")
        #expect(Self.stacks(of: profiles[0]) == Self.stacks(of: profiles[1]) && profiles[0].types == profiles[1].types)
    }

    @Test("spans are read with each path's self time")
    func spans() async throws {
        let report = try SpanProfileTests.timed()
        let profile = try #require(try await read([report], of: .spans).first)
        let collapsed = CollapsedRenderer(of: .spans).render(report)
        #expect(Self.stacks(of: profile) == SampleFormats.stacks(ofCollapsed: collapsed))
        #expect(profile.types == [Profile.ValueType(type: "self", unit: "nanoseconds")])
        #expect(profile.period == Profile.ValueType(type: "self", unit: "nanoseconds"))
    }

    @Test("hostile names are read as they are, and the largest times")
    func hostileNames() async throws {
        let reports = try SampleFormats.hostileNames.map { name in
            var found = try SpanProfileTests.timed([name, "1", "2", "3", "4"])
            found.tree.nodes[2].selfNanoseconds = .max
            return found
        }
        for (name, profile) in zip(SampleFormats.hostileNames, try await read(reports, of: .spans)) {
            #expect(Self.stacks(of: profile)[[name, "1", "2"]] == UInt64(Int64.max))
        }
    }
}

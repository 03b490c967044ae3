import Foundation
import SeededRandom
import Testing
import TraceLog
import TraceReport

@Suite("Hostile samples")
struct HostileSampleTests {
    private func written(_ stacks: UInt64, depth: Int) -> WrittenLog {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "GET /")
        for stack in 1...stacks {
            log.writeSample(1, "cpu", 1, frames: (0..<depth).map { 1 << 48 | stack << 16 | UInt64($0) })
        }
        return log
    }

    @Test("stacks beyond the bounds are left out and counted")
    func bounds() throws {
        var limits = Limits()
        limits.stacks = 7
        var found = try report(written(20, depth: 3).bytes, limits: limits)
        #expect(found.samples.tree.total.onCPU == 7)
        #expect(found.inputs[0].beyondLimits == 13)
        limits = Limits()
        limits.stackAddresses = 10
        found = try report(written(20, depth: 3).bytes, limits: limits)
        #expect(found.samples.tree.total.onCPU == 3)
        #expect(found.inputs[0].beyondLimits == 17)
    }

    @Test("a full tree cuts stacks, and loses no sample")
    func fullTree() throws {
        var limits = Limits()
        limits.sampleNodes = 13
        let samples = try report(written(20, depth: 3).bytes, limits: limits).samples
        #expect(samples.tree.nodes.count == 13)
        #expect(samples.tree.total.onCPU == 20)
        #expect(samples.cut == 16)
    }

    @Test("paths that are their own ancestors, endless paths and deep stacks are cut")
    func depth() throws {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 2, "a")
        log.writePath(2, under: 1, "b")
        for path in 10...10_000 as ClosedRange<UInt64> { log.writePath(path, under: path - 1, "deep", callsite: 1) }
        log.writeSample(1, "cpu", 5, frames: (0..<700).map { 1 << 48 | UInt64($0) })
        log.writeSample(10_000, "cpu", 7)
        log.writeSample(20_000, "cpu", 3)
        let found = try report(log.bytes)
        #expect(found.samples.tree.total.onCPU == 15)
        #expect(found.samples.cut == 5)
        #expect(found.samples.tree.nodes.allSatisfy { $0.depth < 600 })
        let text = CollapsedRenderer().render(found)
        #expect(text.contains("[(unnamed path 20000)] 3\n"))
        #expect(text.contains("(cut);[a];[a]"))
    }

    @Test("mutated samples are reported on, whatever was done to them", arguments: 0..<5)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let lines = WrittenLog.sampledPictureService().lines.map { RecordDecoder.decode($0) }
        let records = lines.compactMap { line in if case .record(_, let record) = line { record } else { nil } }
        for _ in 0..<60 {
            var log = WrittenLog()
            log.writeSession()
            for record in records.shuffled(using: &random) { log.write(Self.mutated(record, &random)) }
            let found = try report(log.bytes)
            for format in SampleFormats.all { _ = format(found) }
            _ = try PprofProfile(PprofRenderer().encoded(found))
            _ = try PageParser.parse(FlameGraphRenderer().render(found))
            #expect(SampleFormats.isPrintable(TextRenderer(width: 80).render(found)))
        }
    }

    private static func mutated(_ record: Record, _ random: inout SeededGenerator) -> Record {
        func number(_ known: UInt64) -> UInt64 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: UInt64.random(in: 0...UInt64.max, using: &random)
            case 1: 0
            case 2: .max
            default: known
            }
        }
        switch record {
        case .sample(var sample):
            sample.path = number(sample.path)
            sample.count = number(sample.count)
            if var stack = sample.stack {
                stack.frames = stack.frames.map { CodeLocation(rawValue: number($0.rawValue)) }
                stack.callers = stack.callers.map { CodeLocation(rawValue: number($0.rawValue)) }
                sample.stack = stack
            }
            return .sample(sample)
        case .path(let path):
            return .path(
                PathRecord(id: number(path.id), parent: number(path.parent), callsite: path.callsite, form: path.form))
        case .symbol(var symbol):
            (symbol.start, symbol.size) = (number(symbol.start), number(symbol.size))
            return .symbol(symbol)
        default: return record
        }
    }

    @Test("the largest counts saturate", arguments: [UInt64.max, 1 << 63])
    func counts(number: UInt64) throws {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "GET /")
        log.writeClock(seconds: 1)
        log.writeStats(1, count: 1, total: 1000, own: 1000, cpu: 1000)
        for what in ["cpu", "running", "lock", "unsampled", "(other)"] {
            log.writeSample(0, what, number)
            log.writeSample(1, what, number, frames: [number, 0, .max])
        }
        let found = try report(log.bytes)
        #expect(found.samples.tree.total.onCPU == .max)
        for format in SampleFormats.all { #expect(!format(found).isEmpty) }
        #expect(TextRenderer().render(found).contains("HOT CODE"))
    }

    @Test("hostile names break no format", arguments: SampleFormats.hostileNames)
    func names(name: String) throws {
        var log = WrittenLog()
        log.writeSession()
        log.writeClock(seconds: 1)
        log.writePath(1, under: 0, name)
        log.writeStats(1, count: 200, total: 100_000, own: 100_000, cpu: 0)
        log.writeFunction(1, 0x100, name)
        log.write(.module(ModuleRecord(id: 1, buildID: name, layout: 0, path: "/lib/" + name + ".so.1", bias: 0)))
        log.writeSample(1, "cpu", 40, frames: [1 << 48 | 0x110])
        log.writeSample(1, name, 50, frames: [1 << 48 | 0x110], callers: [1 << 48 | 0x100])
        let found = try report(log.bytes)
        for width in [60, 80, 100] {
            let text = TextRenderer(width: width).render(found)
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
            #expect(SampleFormats.isPrintable(text))
        }
        for text in [JSONRenderer().render(found), SpeedscopeRenderer().render(found)] {
            _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
            #expect(SampleFormats.isPrintable(text))
        }
        let collapsed = CollapsedRenderer().render(found)
        #expect(SampleFormats.isPrintable(collapsed))
        // A span, a function; a span, two functions, and what was waited for.
        let depths = collapsed.split(separator: "\n").map { $0.count { $0 == ";" } }
        #expect(depths.sorted() == [1, 3])
        let page = FlameGraphRenderer().render(found)
        #expect(SampleFormats.isPrintable(page))
        let read = try PageParser.parse(page)
        #expect(read.tags.count { $0 == "script" } == 2)
        #expect(Set(read.tags).isDisjoint(with: ["img", "iframe", "a", "link", "object", "svg"]))
        #expect(read.attributes.allSatisfy { !$0.hasPrefix("on") && $0 != "src" && $0 != "href" })
        let data = try #require(read.texts["script:application/json"])
        let json = try #require(try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any])
        let frames = try #require(json["frames"] as? [[String]])
        #expect(frames.contains { $0[0] == "[\(name)]" })
        let profile = try PprofProfile(PprofRenderer().encoded(found))
        #expect(profile.stacks.count == 2)
        #expect(profile.stacks.keys.allSatisfy { $0[0] == "[\(name)]" })
    }
}

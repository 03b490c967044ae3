import SeededRandom
import Testing
import TraceLog
import TraceReport

@Suite("Samples of stacks")
struct SampleTests {
    private func counts(_ report: Report) -> [String: UInt64] {
        var counts: [String: UInt64] = [:]
        for line in CollapsedRenderer().render(report).split(separator: "\n") {
            let space = line.lastIndex(of: " ") ?? line.endIndex
            counts[String(line[..<space])] = UInt64(line[space...].dropFirst())
        }
        return counts
    }

    @Test("the newest count of each stack holds, whatever the order and whatever was lost")
    func order() throws {
        let lines = WrittenLog.sampledPictureService().lines
        let expected = try report(Array(lines.joined())).samples
        #expect(expected.onCPU.samples == 1024)
        #expect(expected.offCPU.samples == 470)
        var random = SeededGenerator(seed: 7)
        for _ in 0..<50 {
            let shuffled = lines.shuffled(using: &random)
            #expect(try report(Array(shuffled.joined())).samples == expected)
        }
        // Older counts of the same stacks are lost.
        let newest = lines.filter { line in
            let text = String(decoding: line, as: UTF8.self)
            return !text.contains(" what=running count=166 ") && !text.contains(" what=running count=332 ")
        }
        #expect(newest.count == lines.count - 2)
        #expect(try report(Array(newest.joined())).samples == expected)
    }

    @Test("several processes and restarts add up")
    func sessions() throws {
        var logs: [[UInt8]] = []
        for tag in 1...3 as ClosedRange<UInt64> {
            var log = WrittenLog(session: tag)
            log.writeSession(pid: tag)
            log.writePath(1, under: 0, "GET /")
            // The same function, found at another place in each process.
            log.writeFunction(Self.module, 0x1000 * tag, "read")
            log.writeSample(1, "cpu", 10 * tag, frames: [Self.module << 48 | 0x1000 * tag + 4])
            log.writeSample(0, "unsampled", tag)
            logs.append(log.bytes)
        }
        let samples = try report(of: logs).samples
        #expect(samples.onCPU.functions.map(\.own) == [60])
        #expect(samples.onCPU.functions.map(\.frame.name) == ["read"])
        #expect(samples.unsampled == 6)
        #expect(samples.spans.map(\.onCPU.samples) == [60])
    }

    private static let module: UInt64 = 9

    @Test("sums are those of a count by hand, with recursion", arguments: 0..<20)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var log = WrittenLog()
        log.writeSession()
        for path in 1...5 as ClosedRange<UInt64> { log.writePath(path, under: path / 2, "span\(path)") }
        for function in 0..<6 as Range<UInt64> {
            log.writeFunction(Self.module, 0x100 * (function + 1), "f\(function)")
        }
        var own: [String: UInt64] = [:]
        var total: [String: UInt64] = [:]
        var bySpan: [String: UInt64] = [:]
        var written: Set<[UInt64]> = []
        for _ in 0..<200 {
            let path = UInt64.random(in: 0...5, using: &random)
            let depth = Int.random(in: 1...8, using: &random)
            let functions = (0..<depth).map { _ in UInt64.random(in: 0..<6, using: &random) }
            guard written.insert([path] + functions).inserted else { continue }
            let count = UInt64.random(in: 1...50, using: &random)
            log.writeSample(path, "cpu", count, frames: functions.map { Self.module << 48 | 0x100 * ($0 + 1) + 0x10 })
            own["f\(functions[0])", default: 0] += count
            for function in Set(functions) { total["f\(function)", default: 0] += count }
            if path > 0 { bySpan["span\(path)", default: 0] += count }
        }
        let samples = try report(log.bytes).samples
        let found = samples.onCPU.functions
        #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.frame.name, $0.own) }) == own)
        for hot in found { #expect(hot.total == total[hot.frame.name]) }
        #expect(Dictionary(uniqueKeysWithValues: samples.spans.map { ($0.span.name, $0.onCPU.samples) }) == bySpan)
        #expect(found.map(\.own) == found.map(\.own).sorted(by: >))
        #expect(samples.tree.total.onCPU == own.values.reduce(0, +))
        #expect(samples.tree.nodes.reduce(0) { $0 + $1.own.onCPU } == samples.tree.total.onCPU)
    }

    @Test("stacks begin with the spans that were open, then the task's callers, and end in what was waited for")
    func stacks() throws {
        let found = counts(try report(WrittenLog.sampledPictureService().bytes))
        let async = "serve()_[a];handle(_:)_[a];store(_:)_[a]"
        #expect(found["[POST /images];[image.store];\(async);insert(_:);__futex_wait;(lock)"] == 130)
        #expect(found["[POST /images];[image.store];(cut);\(async);insert(_:)"] == 5)
        #expect(found["[POST /images];[image.decode];main;decode(_:);inflate;inflate_fast"] == 498)
        #expect(found["main;epoll_wait;(poll)"] == 300)
        #expect(found["[POST /images]"] == 4)
    }

    @Test("threads that waited are found in the innermost function outside of the C library")
    func waiting() throws {
        let samples = try report(WrittenLog.sampledPictureService().bytes).samples
        let waits = samples.offCPU.functions.map { "\($0.what) \($0.frame.name) \($0.own)" }
        #expect(waits == ["poll main 300", "lock insert(_:) 130", "disk insert(_:) 40"])
        #expect(samples.outsideSpans == SampleCounts(onCPU: 25, offCPU: 300))
    }

    @Test("what could not be sampled, kept, or walked is counted beside the samples")
    func losses() throws {
        let samples = try report(WrittenLog.sampledPictureService().bytes).samples
        #expect((samples.unsampled, samples.unkept, samples.cut) == (21, 3, 5))
        #expect((samples.withoutStack, samples.physicalOnly) == (4, 25))
        #expect(samples.taken == 1024 + 470)
    }

    @Test(
        "samples are selected by thread, span and function",
        arguments: [
            (SampleSelection(threads: .onCPU), 1024, 0), (SampleSelection(threads: .offCPU), 0, 470),
            (SampleSelection(function: "image.decode"), 990, 0), (SampleSelection(function: "decode"), 990, 0),
            (SampleSelection(function: "decode(_:)"), 990, 0), (SampleSelection(function: "inflate"), 588, 0),
            (SampleSelection(function: "insert"), 5, 170),
            (SampleSelection(threads: .offCPU, function: "insert"), 0, 170),
            (SampleSelection(function: "infl"), 0, 0), (SampleSelection(function: "lock"), 0, 0),
        ] as [(SampleSelection, UInt64, UInt64)])
    func selection(selection: SampleSelection, onCPU: UInt64, offCPU: UInt64) throws {
        var analyser = LogAnalyser()
        try analyser.read(.bytes(WrittenLog.sampledPictureService().bytes, name: "server.log"))
        let samples = analyser.report(samples: selection).samples
        #expect(samples.tree.total == SampleCounts(onCPU: onCPU, offCPU: offCPU))
        #expect((samples.onCPU.samples, samples.offCPU.samples) == (onCPU, offCPU))
        #expect(samples.taken == 1024 + 470)
        #expect(samples.unsampled == 21)
    }

    @Test("without spans, stacks of different spans are one")
    func withoutSpans() throws {
        var analyser = LogAnalyser()
        try analyser.read(.bytes(WrittenLog.sampledPictureService().bytes, name: "server.log"))
        let bySpan = analyser.report()
        let found = analyser.report(samples: SampleSelection(isBySpan: false))
        #expect(found.samples.tree.total == bySpan.samples.tree.total)
        #expect(found.samples.spans == bySpan.samples.spans)
        let stacks = counts(found)
        #expect(stacks.keys.allSatisfy { !$0.contains("[") || $0.contains("_[a]") })
        #expect(stacks["main;decode(_:);inflate;inflate_fast"] == 498)
        #expect(stacks["(no stack)"] == 4)
    }

    @Test("samples are never added to the time of spans")
    func time() throws {
        let with = try report(WrittenLog.sampledPictureService().bytes)
        let without = try report(WrittenLog.pictureService().bytes)
        #expect(with.functions == without.functions)
        #expect(without.samples.isEmpty)
        #expect(!TextRenderer().render(without).contains("HOT CODE"))
    }

    @Test("the interval covers the truth in 95 of 100 cases")
    func interval() {
        var random = SeededGenerator(seed: 11)
        for share in [0.02, 0.2, 0.61] {
            var covered = 0
            for _ in 0..<500 {
                let part = (0..<400).count { _ in Double.random(in: 0..<1, using: &random) < share }
                let interval = ShareInterval(part: UInt64(part), of: 400)
                if interval.lower <= share, share <= interval.upper { covered += 1 }
            }
            #expect((455...495).contains(covered), "\(share): \(covered)")
        }
        // Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 gives 0.2553 to 0.3662.
        let known = ShareInterval(part: 81, of: 263)
        #expect(abs(known.lower - 0.2553) < 0.0001 && abs(known.upper - 0.3662) < 0.0001)
        #expect(ShareInterval(part: 0, of: 0) == ShareInterval(part: 0, of: 0))
        #expect(ShareInterval(part: 0, of: 10).lower == 0)
        #expect(ShareInterval(part: .max, of: .max).upper == 1)
    }
}

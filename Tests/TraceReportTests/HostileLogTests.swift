import SeededRandom
import Testing
import TraceLog
import TraceReport

@Suite("Hostile logs")
struct HostileLogTests {
    @Test("mutated logs are reported on, whatever was done to them", arguments: 0..<10)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var writer = WrittenLog()
        RandomTree(seed: seed, size: 6).write(to: &writer)
        let log = writer.bytes
        for _ in 0..<200 {
            var mutated = log
            for _ in 0..<Int.random(in: 1...6, using: &random) { mutate(&mutated, &random) }
            let found = try report(mutated)
            #expect(TextRenderer(width: 80).render(found).allSatisfy { $0 != "\u{1b}" })
            #expect(!JSONRenderer().render(found).isEmpty)
        }
    }

    private func mutate(_ log: inout [UInt8], _ random: inout SeededGenerator) {
        guard log.count > 2 else { return }
        let start = Int.random(in: 0..<log.count, using: &random)
        let end = Int.random(in: start..<min(log.count, start + 400), using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: log.removeSubrange(start..<end)
        case 1: log.insert(contentsOf: log[start..<end], at: Int.random(in: 0...log.count, using: &random))
        case 2: log[start] = UInt8.random(in: 0...255, using: &random)
        case 3: log.insert(contentsOf: "~hp1 ".utf8, at: start)
        case 4: log.removeLast(log.count - end)
        default: log.insert(contentsOf: Array(repeating: 0, count: 7), at: start)
        }
    }

    @Test("the largest numbers saturate", arguments: [UInt64.max, UInt64.max - 1, 1 << 63])
    func largestNumbers(number: UInt64) throws {
        var writer = WrittenLog(firstSequence: .max - 20)
        writer.write(
            .session(
                SessionRecord(
                    pid: number, host: "", program: "", buildId: "", startWallNanoseconds: number, clock: "", mode: "",
                    flushMilliseconds: number, spanCostPicoseconds: number)))
        writer.write(
            .clock(
                ClockRecord(
                    wallNanoseconds: number, monotonicNanoseconds: number, ticks: number, ticksPerSecond: number)))
        writer.writeCallsite(number, "f")
        writer.writePath(1, parent: 0, callsite: number)
        writer.writePath(number, parent: number, callsite: number)
        var histogram = DurationHistogram()
        histogram.add(bucket: DurationHistogram.bucketCount - 1, occurrences: number)
        for path in [1, number] {
            writer.write(
                .stats(
                    StatsRecord(
                        path: path, count: number, totalNanoseconds: number, selfNanoseconds: number,
                        cpuNanoseconds: number, maximumNanoseconds: number, errors: number, folded: number,
                        histogram: histogram)))
            writer.write(.errors(ErrorsRecord(path: path, type: "E", count: number)))
        }
        writer.write(.drops(DropsRecord(lines: number, spans: number, paths: number, misused: number)))
        let found = try report(writer.bytes)
        #expect(found.function("f")?.count == .max)
        for width in [60, 80, 100, 200] { #expect(!TextRenderer(width: width).render(found).isEmpty) }
        #expect(JSONRenderer().render(found).hasPrefix("{\"version\":1,"))
    }

    @Test("paths that are their own ancestors are cut open, each counted once", arguments: [1, 2, 1_000])
    func cycles(length: UInt64) throws {
        var writer = WrittenLog()
        writer.writeSession()
        writer.writeClock()
        writer.writeCallsite(1, "loop")
        for id in 1...length {
            writer.writePath(id, parent: id % length + 1, callsite: 1)
            writer.writeStats(id, count: 1, total: 10, own: 10, cpu: 0)
        }
        let found = try report(writer.bytes)
        #expect(found.function("loop")?.count == length)
        #expect(found.function("loop")?.totalNanoseconds == 10)
        #expect(found.cyclicPaths == 1)
    }

    @Test("a chain of 200,000 paths is walked without recursion")
    func deepChain() throws {
        var writer = WrittenLog()
        writer.writeSession()
        writer.writeCallsite(1, "deep")
        for id in 1...200_000 as ClosedRange<UInt64> { writer.writePath(id, parent: id - 1, callsite: 1) }
        writer.writeStats(200_000, count: 1, total: 10, own: 10, cpu: 0)
        #expect(try report(writer.bytes).function("deep")?.count == 1)
    }

    @Test("what is beyond the bounds of memory is left out and counted")
    func limits() throws {
        var limits = Limits()
        (limits.sessions, limits.paths, limits.callsites, limits.errorTypes) = (2, 10, 5, 3)
        var log: [UInt8] = []
        for tag in 1...4 as ClosedRange<UInt64> {
            var writer = WrittenLog(session: tag)
            writer.writeSession()
            for id in 1...20 as ClosedRange<UInt64> {
                writer.writeCallsite(id, "f\(id)")
                writer.writeStats(id, count: 1, total: 1, own: 1, cpu: 0)
                writer.write(.errors(ErrorsRecord(path: id, type: "E", count: 1)))
            }
            log += writer.bytes
        }
        let found = try report(log, limits: limits)
        #expect(found.processes.count == 2)
        #expect(found.inputs[0].records == 2 + 5 + 10 + 3)
        #expect(found.inputs[0].beyondLimits == 4 * 61 - 20)
    }

    @Test(
        "nothing that a terminal obeys leaves a report",
        arguments: [
            "\u{1b}]0;title\u{7}", "\u{9b}31m", "\u{7f}", "\r\nforged", "\u{202e}", "\u{2066}", "\u{2028}", "\u{2029}",
            "\u{0}", "\u{85}", "\u{200b}", "\u{feff}", "\u{e000}", "\u{e0041}",
        ])
    func terminalEscapes(text: String) throws {
        var writer = WrittenLog()
        writer.write(
            .session(
                SessionRecord(
                    pid: 1, host: text, program: text, buildId: text, startWallNanoseconds: 0, clock: text, mode: text,
                    flushMilliseconds: 1, spanCostPicoseconds: 1)))
        writer.writeClock()
        writer.write(.callsite(CallsiteRecord(id: 1, name: "a" + text, function: text, file: text, line: 1)))
        writer.writePath(1, parent: 0, callsite: 1)
        writer.writeStats(1, count: 200, total: 1_000, own: 1_000, cpu: 0, errors: 1)
        writer.write(.errors(ErrorsRecord(path: 1, type: text, count: 1)))
        var analyser = LogAnalyser()
        try analyser.read(.bytes(writer.bytes, name: text + ".log"))
        for output in [TextRenderer().render(analyser.report()), JSONRenderer().render(analyser.report())] {
            for scalar in text.unicodeScalars where !(0x20..<0x7f).contains(scalar.value) && scalar != "\n" {
                #expect(!output.unicodeScalars.contains(scalar))
            }
            #expect(!output.contains("\nforged"))
        }
        #expect(JSONRenderer().render(analyser.report()).filter { $0 == "\n" }.count == 1)
        #expect(!SafeText.escaped(text).unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test("bytes that are no UTF-8 are shown as numbers")
    func invalidUTF8() {
        #expect(SafeText.escaped(bytes: [0x61, 0xff, 0xc3, 0xc3, 0xb6, 0x1b]) == "a\\xff\\xc3ö\\u{1b}")
    }
}

import SeededRandom
import Testing
import TraceLog
import TraceReport

@Suite("Logs with lost, repeated and reordered lines")
struct LossTests {
    private func log(flushes: UInt64 = 6) -> [[UInt8]] {
        var writer = WrittenLog()
        RandomTree(seed: 5, size: 40).write(to: &writer, flushes: flushes)
        return writer.lines
    }

    @Test("a rotated set gives the same ranking in any order of its files", arguments: 1...10)
    func rotation(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let lines = log()
        let straight = try report(Array(lines.joined()))
        let size = Int.random(in: 1...lines.count, using: &random)
        let files = stride(from: 0, to: lines.count, by: size).map { start in
            Array(lines[start..<min(start + size, lines.count)].joined())
        }
        let shuffled = try report(of: files.shuffled(using: &random))
        #expect(shuffled.functions == straight.functions)
        #expect(shuffled.inputs.allSatisfy { $0.lost == 0 && $0.duplicates == 0 })
    }

    @Test("a histogram of several records takes effect when all of them came", arguments: [false, true])
    func splitHistogram(isReversed: Bool) throws {
        var writer = WrittenLog()
        writer.writeSession()
        writer.writeClock()
        writer.writeCallsite(1, "work")
        writer.writePath(1, parent: 0, callsite: 1)
        writer.writeStats(1, count: 2, total: 2_000, own: 2_000, cpu: 0, durations: [1_000, 1_000])
        let old = writer.lines.count
        var random = SeededGenerator(seed: 1)
        let durations = (0..<30_000).map { _ in UInt64(1) << UInt64.random(in: 10...40, using: &random) }
            .map { $0 + UInt64.random(in: 0..<$0, using: &random) }
        writer.writeStats(
            1, count: 30_000, total: durations.reduce(0, +), own: 0, cpu: 0, durations: durations)
        let lines = writer.lines
        #expect(lines.count > old + 2)
        let ordered = isReversed ? Array(lines.reversed()) : lines
        let whole = try #require(try report(Array(ordered.joined())).function("work"))
        let exact = Double(durations.sorted()[14_999])
        #expect(abs(Double(try #require(whole.p50Nanoseconds)) - exact) <= 0.008 * exact)

        let cut = try report(Array((lines[..<(lines.count - 1)]).joined()))
        let stale = try #require(cut.function("work"))
        #expect(stale.count == 30_000, "counters are the newest")
        #expect(
            stale.p50Nanoseconds.map { abs(Double($0) - 1_000) <= 8 } == true, "percentiles are the last complete ones")
        #expect(cut.staleHistograms == 1)
    }

    @Test("a log that begins mid-way names what it can, and says what it cannot")
    func midWay() throws {
        var writer = WrittenLog(firstSequence: 1_000)
        writer.writeStats(1, count: 1, total: 10, own: 10, cpu: 0)
        writer.writeStats(2, count: 1, total: 30, own: 30, cpu: 0)
        writer.writeClock()
        writer.writeCallsite(1, "late")
        writer.writePath(1, parent: 0, callsite: 1)
        writer.writeSession()
        let found = try report(writer.bytes)
        #expect(found.functions.map(\.name) == ["(unnamed path 2)", "late"])
        #expect(found.unnamedPaths == 1)
        #expect((found.inputs[0].lost, found.inputs[0].lostBeforeStart) == (1_000, 1_000))
        let text = TextRenderer().render(found)
        #expect(text.contains("1,000 records lost (1,000 before the log begins)"))
        #expect(text.contains("1 path without a name"))
    }
}

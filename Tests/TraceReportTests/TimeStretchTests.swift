import SeededRandom
import Testing
import TraceLog

@testable import TraceReport

@Suite("Stretches of time")
struct TimeStretchTests {
    /// A session that counts and one that writes every span, flushes every ten seconds, for five minutes.
    private func log(seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var counting = WrittenLog(session: 1 &+ seed)
        counting.writeSession()
        for path in 1...4 as ClosedRange<UInt64> { counting.writePath(path, under: path / 2, "f\(path)") }
        var totals = Array(repeating: UInt64(0), count: 5)
        var counts = totals
        for flush in 1...30 as ClosedRange<UInt64> {
            counting.writeClock(seconds: 10 * flush)
            for path in 1...4 where Bool.random(using: &random) {
                counts[path] += UInt64.random(in: 1...50, using: &random)
                totals[path] += UInt64.random(in: 1_000...1_000_000, using: &random)
                let total = totals[path]
                counting.writeStats(
                    UInt64(path), count: counts[path], total: total, own: total / 2, cpu: total / 3,
                    errors: counts[path] / 10)
                counting.write(.errors(ErrorsRecord(path: UInt64(path), type: "E", count: counts[path] / 10)))
            }
        }
        counting.write(.end(EndRecord(reason: "shutdown")))
        var every = WrittenLog(session: 1_000_000 &+ seed)
        every.writeSession(mode: "every")
        every.writePath(1, under: 0, "g")
        for flush in 1...30 as ClosedRange<UInt64> {
            every.writeClock(seconds: 10 * flush)
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let took = UInt64.random(in: 1...100_000, using: &random)
                every.write(
                    .span(
                        SpanRecord(
                            path: 1, id: 1, parent: 0, thread: 1, startNanoseconds: 1, durationNanoseconds: took,
                            selfNanoseconds: took / 2, cpuNanoseconds: took / 3)))
            }
        }
        return counting.bytes + every.bytes
    }

    private func report(_ log: [UInt8], since: UInt64? = nil, until: UInt64? = nil, parts: Int = 1) throws -> Report {
        let input = LogInput.bytes(log, name: "server.log")
        func wall(_ seconds: UInt64?) -> UInt64? { seconds.map { WrittenLog.start + $0 * 1_000_000_000 } }
        var clocks = ClockReader(TimeStretch(since: wall(since), until: wall(until)))
        try clocks.read(input)
        var analyser = LogAnalyser(clocks: clocks, parts: LogAnalyser.Parts(count: parts, minimumBytes: 1))
        try analyser.read(input)
        return analyser.report()
    }

    /// Count, total, self and CPU time, errors and errors by type of each function.
    private func sums(_ reports: Report...) -> [String: [UInt64]] {
        reports.flatMap(\.functions).reduce(into: [:]) { sums, function in
            let numbers = [
                function.count, function.totalNanoseconds, function.selfNanoseconds, function.cpuNanoseconds,
                function.errors, function.errorTypes.reduce(0) { $0 + $1.count },
            ]
            sums[function.name] = zip(sums[function.name] ?? Array(repeating: 0, count: 6), numbers).map(+)
        }
    }

    @Test("two stretches that touch add up to everything, in one part and in many", arguments: 0..<20)
    func touching(seed: UInt64) throws {
        let log = log(seed: seed)
        let everything = try report(log)
        for cut in [5, 10, 95, 143, 295, 300, 400] as [UInt64] {
            let (before, after) = (try report(log, until: cut), try report(log, since: cut))
            #expect(sums(before, after) == sums(everything), "seed \(seed), cut at \(cut) s")
            #expect(try report(log, since: cut, parts: 5) == after)
        }
        let middle = try report(log, since: 100, until: 200)
        #expect(sums(try report(log, until: 100), middle, try report(log, since: 200)) == sums(everything))
        #expect(middle.timeline.windowCount <= 11, "a window is no finer than the time between flushes")
    }

    @Test("of a stretch, percentiles are of its calls alone, and the longest is bounded by them")
    func percentiles() throws {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "f")
        var histogram = DurationHistogram()
        for (seconds, ticks, count) in [(10, 2_000_000_000, 100), (20, 2_000_000, 900)] as [(UInt64, UInt64, UInt64)] {
            histogram.add(bucket: DurationHistogram.bucket(ofTicks: ticks), occurrences: count)
            log.writeClock(seconds: seconds)
            log.write(
                .stats(
                    StatsRecord(
                        path: 1, count: histogram.count, totalNanoseconds: 1, selfNanoseconds: 1, cpuNanoseconds: 0,
                        maximumNanoseconds: 1_000_000_000, errors: 0, folded: 0, histogram: histogram)))
        }
        let slow = try #require(try report(log.bytes, until: 10).function("f"))
        let quick = try #require(try report(log.bytes, since: 10).function("f"))
        #expect((slow.count, quick.count) == (100, 900))
        #expect(slow.p50Nanoseconds.map { $0 > 990_000_000 } == true)
        #expect(quick.p99Nanoseconds.map { (990_000...1_010_000).contains($0) } == true)
        #expect(quick.maximumNanoseconds < 1_020_000)
    }

    @Test("a session without a flush in the stretch is not there, and its records are still counted")
    func outside() throws {
        let log = log(seed: 3)
        let found = try report(log, since: 1_000)
        #expect(found.processes.isEmpty && found.functions.isEmpty)
        #expect(found.records == (try report(log)).records)
    }
}

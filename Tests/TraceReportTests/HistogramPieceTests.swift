import Testing
import TraceLog

@testable import TraceReport

@Suite("Histograms that take several records")
struct HistogramPieceTests {
    @Test("buckets whose stats record is lost do not keep spans from being counted", arguments: [1, 2, 3, 7])
    func bucketsWithoutStats(parts: Int) throws {
        for isFirst in [true, false] {
            var log = WrittenLog()
            log.writeSession(mode: "every")
            log.writeClock(seconds: 1)
            log.writePath(1, under: 0, "decode")
            if isFirst { log.write(.buckets(BucketsRecord(path: 1, part: 2, histogram: histogram(200)))) }
            for id in 1...9 as ClosedRange<UInt64> { log.write(.span(span(id))) }
            if !isFirst { log.write(.buckets(BucketsRecord(path: 1, part: 2, histogram: histogram(200)))) }
            let report = try read(log.bytes, parts: parts)
            #expect(report.functions.map(\.count) == [9])
        }
    }

    @Test("a histogram whose pieces are in two parts of the log is whole, also where another one follows")
    func piecesInTwoParts() throws {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "decode")
        for second in 1...6 as ClosedRange<UInt64> {
            log.writeClock(seconds: second * 2)
            log.write(.stats(stats(count: 2 * second, bucket: 100 + Int(second))))
            log.write(.buckets(BucketsRecord(path: 1, part: 2, histogram: histogram(200 + Int(second)))))
        }
        let whole = try read(log.bytes, parts: 1)
        #expect(whole.functions.map(\.p99Nanoseconds) != [nil])
        for parts in 2...40 { #expect(try read(log.bytes, parts: parts) == whole, "\(parts) parts") }
    }

    @Test("where a piece is lost, a window keeps the durations of before, in parts too")
    func lostPieces() throws {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "decode")
        var lines: [[UInt8]] = []
        for flush in 1...8 as ClosedRange<UInt64> {
            // Two flushes in each second.
            log.writeClock(seconds: flush / 2)
            log.write(.stats(stats(count: 2 * flush, bucket: 100 + Int(flush))))
            log.write(.buckets(BucketsRecord(path: 1, part: 2, histogram: histogram(200 + Int(flush)))))
            lines = log.lines.enumerated().filter { $0.offset != 4 && ($0.offset - 4) % 6 != 3 }.map(\.element)
        }
        let whole = try read(Array(lines.joined()), parts: 1)
        #expect(whole.staleHistograms + whole.inputs[0].lost > 0)
        for parts in 2...40 { #expect(try read(Array(lines.joined()), parts: parts) == whole, "\(parts) parts") }
    }

    private func histogram(_ bucket: Int) -> DurationHistogram {
        var histogram = DurationHistogram()
        histogram.add(bucket: bucket, occurrences: 1)
        return histogram
    }

    private func stats(count: UInt64, bucket: Int) -> StatsRecord {
        StatsRecord(
            path: 1, count: count, totalNanoseconds: count * 1_000, selfNanoseconds: count * 1_000, cpuNanoseconds: 0,
            maximumNanoseconds: 5_000, errors: 0, folded: 0, parts: 2, histogram: histogram(bucket))
    }

    private func span(_ id: UInt64) -> SpanRecord {
        SpanRecord(
            path: 1, id: id, parent: 0, thread: 1, startNanoseconds: id, durationNanoseconds: 500,
            selfNanoseconds: 500, cpuNanoseconds: 0, error: "")
    }

    private func read(_ log: [UInt8], parts: Int) throws -> Report {
        var analyser = LogAnalyser(parts: LogAnalyser.Parts(count: parts, minimumBytes: 1))
        try analyser.read(.bytes(log, name: "log"))
        return analyser.report()
    }
}

import SeededRandom
import Testing
import TraceLog
import TraceReport

@Suite("Requests in a report")
struct RequestTests {
    private static let spans = WrittenLog.spans([
        (1, 0, 0, 100, 0), (2, 0, 5, 60, 50), (3, 1, 10, 20, 20), (4, 0, 50, 45, 1), (4, 0, 20, 200, 1),
    ])

    private func log(_ records: [Record]) -> [UInt8] {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "GET", form: .async)
        log.writePath(2, under: 1, "decode")
        log.writePath(3, under: 2, "count")
        log.writePath(4, under: 1, "store", form: .async)
        for record in records { log.write(record) }
        return log.bytes
    }

    private func request(_ records: [Record]) throws -> RequestSummary {
        try #require(try report(log(records)).requests.first)
    }

    @Test("spans stand right before those below them, with their own time, and what outlives its parent")
    func spans() throws {
        let found = try request(WrittenLog.request(7, Self.spans, seconds: 3))
        #expect(found.spans.map(\.place.name) == ["GET", "decode", "count", "store", "store"])
        #expect(found.spans.map(\.parent) == [nil, 0, 1, 0, 0])
        #expect(found.spans.map(\.depth) == [0, 1, 2, 1, 1])
        #expect(found.spans.map { $0.selfNanoseconds / 1_000_000 } == [5, 40, 20, 200, 45])
        #expect(found.spans.map { $0.outlivesParentNanoseconds / 1_000_000 } == [0, 0, 0, 120, 0])
        #expect(found.spans.map { $0.cpuNanoseconds / 1_000_000 } == [0, 50, 20, 1, 1])
        #expect(found.id == 7 && found.reason == .slow && !found.isPartial)
        #expect(found.startWallNanoseconds == WrittenLog.start + 3_000_000_000)
        let path = found.criticalPath.map {
            [UInt64($0.span), $0.startNanoseconds / 1_000_000, $0.endNanoseconds / 1_000_000]
        }
        #expect(path == [[0, 0, 50], [4, 50, 95], [0, 95, 100]], "decode ends after the store it ran beside began")
    }

    @Test("pieces may come in any order, and twice", arguments: 1...5)
    func anyOrder(piece: Int) throws {
        let whole = try request(WrittenLog.request(7, Self.spans))
        var random = SeededGenerator(seed: UInt64(piece))
        for _ in 0..<20 {
            let records = WrittenLog.request(7, Self.spans, piece: piece)
            #expect(try request(records.shuffled(using: &random)) == whole)
            #expect(try request((records + records).shuffled(using: &random)) == whole)
        }
    }

    @Test(
        "where a piece is missing, those at both ends keep their places, and the request is partial",
        arguments: 1...5)
    func missingPiece(part: Int) throws {
        var records = WrittenLog.request(7, Self.spans, piece: 1)
        records.remove(at: part)
        let found = try request(records)
        #expect(found.isPartial)
        #expect(found.durationNanoseconds == 100_000_000)
        #expect(found.spans.first?.durationNanoseconds == 100_000_000)
        // The root is known from the request itself, and the count stands under it where the decoder is missing.
        #expect(found.spans.count == (part == 1 ? 5 : 4))
        let count = found.spans.first { $0.place.name == "count" }
        #expect(count?.depth == (part == 3 ? nil : part == 2 ? 1 : 2))
        #expect(covers(found))
    }

    /// Whether the critical path goes from the begin to the end without a gap.
    private func covers(_ request: RequestSummary) -> Bool {
        var end: UInt64 = 0
        for segment in request.criticalPath {
            guard segment.startNanoseconds == end else { return false }
            end = segment.endNanoseconds
        }
        return end == request.durationNanoseconds
    }

    @Test("what lies between two missing pieces is left out: nobody knows its place")
    func missingPieces() throws {
        var records = WrittenLog.request(7, Self.spans, piece: 1)
        records.remove(at: 4)
        records.remove(at: 2)
        let found = try request(records)
        #expect(found.isPartial)
        #expect(found.spans.map(\.place.name) == ["GET", "store"])
    }

    @Test(
        "of each root the slowest are kept, and the newest that failed, whatever order they come in",
        arguments: 1...20)
    func slowest(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var limits = Limits()
        (limits.slowestPerRoot, limits.failedPerRoot) = (4, 2)
        var requests = (1...40 as ClosedRange<UInt64>).map { id in
            WrittenLog.request(id, WrittenLog.spans([(id % 2 == 0 ? 1 : 2, 0, 0, id, 0), (3, 0, 0, 1, 0)]))
        }
        requests.shuffle(using: &random)
        let failed = (41...45 as ClosedRange<UInt64>).map { id in
            WrittenLog.request(id, WrittenLog.spans([(1, 0, 0, 1, 0)]), seconds: id, reason: .failed)
        }
        let found = try report(log((requests + failed).flatMap { $0 }), limits: limits)
        #expect(found.requests.filter { $0.reason == .slow }.map(\.id) == [40, 39, 38, 37, 36, 35, 34, 33])
        #expect(found.requests.filter { $0.reason == .failed }.map(\.id) == [44, 45])
        #expect(found.requests.allSatisfy { !$0.isPartial })
        #expect(found.inputs[0].beyondLimits == 0, "those that others are slower than are not beyond a bound")
    }

    @Test("of several sessions of a program, the slowest of all are shown")
    func sessions() throws {
        var limits = Limits()
        limits.slowestPerRoot = 3
        let logs = (1...3 as ClosedRange<UInt64>).map { tag in
            var log = WrittenLog(session: tag)
            log.writeSession(pid: tag)
            log.writePath(1, under: 0, "GET")
            for id in 1...5 as ClosedRange<UInt64> { log.writeRequest(id, [(1, 0, 0, 10 * id + tag, 0)]) }
            return log.bytes
        }
        let found = try report(of: logs, limits: limits)
        #expect(found.requests.map { $0.durationNanoseconds / 1_000_000 } == [53, 52, 51])
    }

    @Test("what is beyond the bounds is left out and counted, and its request is partial")
    func limits() throws {
        var limits = Limits()
        (limits.requests, limits.requestSpans) = (2, 5)
        let records = (1...3 as ClosedRange<UInt64>).flatMap { WrittenLog.request($0, Self.spans) }
        let found = try report(log(records), limits: limits)
        #expect(found.requests.map(\.id) == [1, 2])
        #expect(found.requests.map(\.isPartial) == [false, true])
        // The second's spans, and the third request; its spans belong to nothing.
        #expect(found.inputs[0].beyondLimits == 2)
    }

    @Test(
        "numbers that cannot be true give a request all the same",
        arguments: [0, 1, 1 << 40, .max - 1, .max] as [UInt64])
    func hostile(number: UInt64) throws {
        let span = TreeRecord.Span(
            path: number, parent: number, startNanoseconds: number, durationNanoseconds: number, cpuNanoseconds: number,
            thread: number)
        let request = RequestRecord(
            id: number, path: number, reason: .failed, startNanoseconds: number, durationNanoseconds: number,
            spans: number, isPartial: false, parts: number)
        let pieces = [0, 1, 2, number - min(1, number), number].map {
            Record.tree(TreeRecord(request: number, part: $0, spans: [span, span, span]))
        }
        let found = try self.request([.request(request)] + pieces)
        #expect(found.isPartial)
        #expect(covers(found))
        #expect(found.spans.allSatisfy { $0.selfNanoseconds <= $0.durationNanoseconds })
    }
}

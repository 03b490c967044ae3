import TraceLog

/// Single requests, open spans and resources, as a program writes them.
extension WrittenLog {
    /// A span of a request in milliseconds: path, parent, begin, duration, on-CPU time.
    typealias Milliseconds = (path: UInt64, parent: UInt64, start: UInt64, took: UInt64, cpu: UInt64)

    static func spans(_ spans: [Milliseconds]) -> [TreeRecord.Span] {
        spans.map { span in
            TreeRecord.Span(
                path: span.path, parent: span.parent, startNanoseconds: span.start * 1_000_000,
                durationNanoseconds: span.took * 1_000_000, cpuNanoseconds: span.cpu * 1_000_000, thread: 4243)
        }
    }

    /// The records of a request that began so many seconds after the start, its spans cut into pieces of `piece`.
    static func request(
        _ id: UInt64, _ spans: [TreeRecord.Span], seconds: UInt64 = 1, reason: RequestRecord.Reason = .slow,
        piece: Int = 100
    ) -> [Record] {
        let cuts = Array(stride(from: 0, to: spans.count, by: piece))
        let request = RequestRecord(
            id: id, path: spans[0].path, reason: reason, startNanoseconds: seconds * 1_000_000_000,
            durationNanoseconds: spans[0].durationNanoseconds, spans: UInt64(spans.count), isPartial: false,
            parts: UInt64(cuts.count))
        let trees = cuts.enumerated().map { part, cut in
            Record.tree(
                TreeRecord(
                    request: id, part: UInt64(part) + 1, spans: Array(spans[cut..<min(cut + piece, spans.count)])))
        }
        return [.request(request)] + trees
    }

    mutating func writeRequest(_ id: UInt64, _ spans: [Milliseconds], reason: RequestRecord.Reason = .slow) {
        for record in Self.request(id, Self.spans(spans), reason: reason) { write(record) }
    }

    mutating func writeOpen(_ path: UInt64, seconds: UInt64, age: UInt64, request: UInt64 = 0, thread: UInt64 = 0) {
        write(
            .open(
                OpenRecord(
                    path: path, request: request, thread: thread, startNanoseconds: seconds * 1_000_000_000,
                    ageNanoseconds: age * 1_000_000_000)))
    }

    mutating func writeProbe(_ name: String, _ counters: [(String, UInt64)]) {
        write(
            .probe(
                ProbeRecord(name: name, counters: counters.map { ProbeRecord.Counter(name: $0.0, value: $0.1) })))
    }

    /// The picture service while it runs: with its slowest requests, one that failed, two that hang, and resources.
    static func watchedPictureService() -> WrittenLog {
        var log = WrittenLog(session: 0xa1b2_c3d4_e5f6_0718)
        log.writeSession()
        log.writeClock(seconds: 0)
        log.writePath(1, under: 0, "POST /images", form: .async)
        log.writePath(2, under: 1, "image.decode")
        log.writePath(3, under: 2, "image.red.count")
        log.writePath(4, under: 1, "image.store", form: .async)
        for flush in 1...2 as ClosedRange<UInt64> {
            log.writeClock(seconds: 10 * flush)
            log.writeStats(1, count: 400 * flush, total: 8_000_000_000 * flush, own: 160_000_000 * flush, cpu: 0)
            log.writeStats(
                2, count: 400 * flush, total: 5_200_000_000 * flush, own: 4_000_000_000 * flush,
                cpu: 5_120_000_000 * flush)
            log.writeStats(
                3, count: 400 * flush, total: 1_200_000_000 * flush, own: 1_200_000_000 * flush,
                cpu: 1_196_000_000 * flush)
            let waited = 2_640_000_000 * flush
            log.writeStats(4, count: 400 * flush, total: waited, own: waited, cpu: 48_000_000 * flush)
            log.write(
                .usage(
                    UsageRecord(
                        path: 1, minorFaults: 1_000 * flush, majorFaults: 2 * flush, voluntarySwitches: 90 * flush,
                        involuntarySwitches: 7 * flush, blocksIn: 8 * flush, blocksOut: 640 * flush)))
            log.writeRequest(
                10 * flush,
                [(1, 0, 0, 90 + flush, 0), (2, 0, 1, 40, 38), (3, 1, 20, 15, 15), (4, 0, 30, 60, 1), (4, 0, 35, 80, 1)])
            log.writeOpen(4, seconds: 2, age: 10 * flush - 2, request: 31)
            log.writeOpen(2, seconds: 3, age: 10 * flush - 3, request: 33, thread: 4250)
            log.writeProbe("process", [("user_us", 900_000 * flush), ("resident_bytes", 50_000_000 - flush)])
        }
        log.writeRequest(77, [(1, 0, 0, 12, 0), (4, 0, 2, 8, 0)], reason: .failed)
        return log
    }
}

import TraceLog

/// A log made of records, as a program would write it.
struct WrittenLog {
    let session: UInt64
    private(set) var lines: [[UInt8]] = []
    private var sequence: UInt64 = 0
    /// The number of the record that is written next.
    var nextSequence: UInt64 { sequence }

    init(session: UInt64 = 0x5eb6_3bbb_e01e_eed0, firstSequence: UInt64 = 0) {
        self.session = session
        sequence = firstSequence
    }

    mutating func write(_ record: Record) {
        lines.append(record.encoded(RecordHeader(session: session, sequence: sequence)))
        sequence += 1
    }

    var bytes: [UInt8] { Array(lines.joined()) }

    /// The header record of a made-up server.
    mutating func writeSession(pid: UInt64 = 4242, mode: String = "aggregate") {
        write(
            .session(
                SessionRecord(
                    pid: pid, host: "web-1", program: "red", buildId: "3f9c1e7a5b", startWallNanoseconds: Self.start,
                    clock: "tsc", mode: mode, flushMilliseconds: 10_000, spanCostPicoseconds: 24_000)))
    }

    /// 2026-11-24T00:00:00Z.
    static let start: UInt64 = 1_795_478_400_000_000_000

    mutating func writeClock(seconds: UInt64) {
        write(
            .clock(
                ClockRecord(
                    wallNanoseconds: Self.start + seconds * 1_000_000_000,
                    monotonicNanoseconds: seconds * 1_000_000_000,
                    ticks: seconds * 2_000_000_000, ticksPerSecond: 2_000_000_000)))
    }

    /// A callsite and a path of the same number.
    mutating func writePath(
        _ id: UInt64, under parent: UInt64, _ name: String, callsite: UInt64? = nil, form: PathRecord.Form = .sync
    ) {
        if callsite == nil {
            write(
                .callsite(
                    CallsiteRecord(
                        id: id, name: name, function: "\(name)(_:)", file: "Red/Measure.swift", line: 10 * id)))
        }
        write(.path(PathRecord(id: id, parent: parent, callsite: callsite ?? id, form: form)))
    }

    /// Stats whose calls all took about the same.
    mutating func writeStats(
        _ path: UInt64, count: UInt64, total: UInt64, own: UInt64, cpu: UInt64, errors: UInt64 = 0, folded: UInt64 = 0
    ) {
        var histogram = DurationHistogram()
        let ticks = count > 0 ? 2 * (total / count) : 0
        histogram.add(bucket: DurationHistogram.bucket(ofTicks: ticks), occurrences: count)
        let maximum = count > 0 ? total / count : 0
        let stats = StatsRecord(
            path: path, count: count, totalNanoseconds: total, selfNanoseconds: own, cpuNanoseconds: cpu,
            maximumNanoseconds: maximum, errors: errors, folded: folded, histogram: histogram)
        for record in stats.split() { write(record) }
    }

    /// A picture service: an async request with a decoder that computes, a store that waits, and one that fails.
    static func pictureService() -> WrittenLog {
        var log = WrittenLog(session: 0x5eb6_3bbb_e01e_eed0)
        log.writeSession()
        log.writeClock(seconds: 0)
        log.writePath(1, under: 0, "POST /images", form: .async)
        log.writePath(2, under: 1, "image.decode")
        log.writePath(3, under: 2, "image.red.count")
        log.writePath(4, under: 1, "image.store")
        log.writePath(5, under: 1, "cache.lookup")
        for flush in 1...3 as ClosedRange<UInt64> {
            log.writeClock(seconds: 10 * flush)
            log.writeStats(1, count: 100 * flush, total: 2_000_000_000 * flush, own: 40_000_000 * flush, cpu: 0)
            log.writeStats(
                2, count: 100 * flush, total: 1_300_000_000 * flush, own: 1_000_000_000 * flush,
                cpu: 1_280_000_000 * flush)
            log.writeStats(
                3, count: 400 * flush, total: 300_000_000 * flush, own: 300_000_000 * flush, cpu: 299_000_000 * flush)
            log.writeStats(
                4, count: 100 * flush, total: 600_000_000 * flush, own: 600_000_000 * flush, cpu: 12_000_000 * flush,
                errors: 2 * flush)
            log.writeStats(
                5, count: 2000 * flush, total: 60_000_000 * flush, own: 60_000_000 * flush, cpu: 59_000_000 * flush)
        }
        log.write(.errors(ErrorsRecord(path: 4, type: "RED.StoreError", count: 6)))
        log.write(.end(EndRecord(reason: "shutdown")))
        return log
    }
}

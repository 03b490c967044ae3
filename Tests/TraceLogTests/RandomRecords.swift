import TraceLog

/// Records of every kind with random content, repeatable by seed.
struct RandomRecords {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// A number of any magnitude.
    mutating func number() -> UInt64 { next() >> UInt64(below(64)) }

    /// Text of hostile characters, at most 60 bytes.
    mutating func text() -> String {
        let pieces = [
            "image.decode", " ", "\n", "\r\n", "\u{0}", "\u{1b}[31m", "%", "%zz", "\"", "\\", "<b>", "&amp;",
            "~hp1 span ",
            " c=00000000", "=", "größe", "\u{202e}", "\u{2028}", "日本", "🐎", "\u{85}", "",
        ]
        return (0..<below(5)).map { _ in pieces[below(pieces.count)] }.joined()
    }

    /// A key as the format allows.
    mutating func key() -> String { ["bytes", "rows", "http.method", "x-y_z"][below(4)] }

    mutating func histogram() -> DurationHistogram {
        var histogram = DurationHistogram()
        for _ in 0..<below(40) {
            histogram.add(bucket: below(DurationHistogram.bucketCount), occurrences: 1 + number() >> 20)
        }
        return histogram
    }

    mutating func header() -> RecordHeader { RecordHeader(session: next(), sequence: number()) }

    mutating func record() -> Record {
        switch RecordKind.allCases[below(RecordKind.allCases.count)] {
        case .session:
            .session(
                SessionRecord(
                    pid: number(), host: text(), program: text(), buildId: text(), startWallNanoseconds: number(),
                    clock: text(), mode: text(), flushMilliseconds: number(), spanCostPicoseconds: number(),
                    slowest: number(), openMilliseconds: number(), memoryBytes: number()))
        case .crash: .crash(CrashRecord(signal: number(), thread: number()))
        case .clock:
            .clock(
                ClockRecord(
                    wallNanoseconds: number(), monotonicNanoseconds: number(), ticks: number(),
                    ticksPerSecond: number()))
        case .callsite:
            .callsite(CallsiteRecord(id: number(), name: text(), function: text(), file: text(), line: number()))
        case .path:
            .path(
                PathRecord(
                    id: number(), parent: number(), callsite: number(), form: below(2) == 0 ? .sync : .async))
        case .stats:
            .stats(
                StatsRecord(
                    path: number(), count: number(), totalNanoseconds: number(), selfNanoseconds: number(),
                    cpuNanoseconds: number(), maximumNanoseconds: number(), errors: number(), folded: number(),
                    histogram: histogram()))
        case .buckets: .buckets(BucketsRecord(path: number(), part: number(), histogram: histogram()))
        case .errors: .errors(ErrorsRecord(path: number(), type: text(), count: number()))
        case .usage:
            .usage(
                UsageRecord(
                    path: number(), minorFaults: number(), majorFaults: number(), voluntarySwitches: number(),
                    involuntarySwitches: number(), blocksIn: number(), blocksOut: number()))
        case .span: .span(span())
        case .probe:
            .probe(
                ProbeRecord(
                    name: text(), counters: (0..<below(6)).map { _ in .init(name: key(), value: number()) }))
        case .module:
            .module(
                ModuleRecord(id: number(), buildID: text(), layout: number(), path: text(), bias: number()))
        case .symbol:
            .symbol(SymbolRecord(module: number(), start: number(), size: number(), name: text()))
        case .sample:
            .sample(
                SampleRecord(
                    sampler: text(), path: number(), what: text(), count: number(),
                    stack: below(2) == 0 ? nil : stack()))
        case .request:
            .request(request())
        case .tree:
            .tree(TreeRecord(request: number(), part: number(), spans: (0...below(20)).map { _ in treeSpan() }))
        case .open:
            .open(open())
        case .drops:
            .drops(
                DropsRecord(
                    lines: number(), spans: number(), paths: number(), misused: number(), requests: number(),
                    clockSteps: number()))
        case .end: .end(EndRecord(reason: text()))
        }
    }

    private mutating func location() -> CodeLocation { CodeLocation(rawValue: number()) }

    /// A stack with addresses of all sizes, in any order.
    mutating func stack() -> SampleRecord.Stack {
        SampleRecord.Stack(
            frames: (0..<below(60)).map { _ in location() }, callers: (0..<below(60)).map { _ in location() },
            isCut: below(2) == 0, isPhysicalOnly: below(2) == 0)
    }

    private mutating func span() -> SpanRecord {
        SpanRecord(
            path: number(), id: number(), parent: number(), thread: number(), startNanoseconds: number(),
            durationNanoseconds: number(), selfNanoseconds: number(), cpuNanoseconds: number(), error: text(),
            attributes: (0..<below(6)).map { _ in .init(key: key(), value: text()) })
    }

    private mutating func request() -> RequestRecord {
        var record = RequestRecord(
            id: number(), path: number(), reason: below(2) == 0 ? .slow : .failed, startNanoseconds: number(),
            durationNanoseconds: number(), spans: number(), isPartial: below(2) == 0, parts: number())
        record.trace = trace()
        return record
    }

    private mutating func open() -> OpenRecord {
        var record = OpenRecord(
            path: number(), request: number(), thread: number(), startNanoseconds: number(), ageNanoseconds: number())
        record.trace = trace()
        return record
    }

    private mutating func trace() -> TraceIdentity? {
        below(2) == 0 ? nil : TraceIdentity(traceHigh: number(), traceLow: number(), span: number())
    }

    /// A span of a tree, with numbers of all sizes.
    private mutating func treeSpan() -> TreeRecord.Span {
        TreeRecord.Span(
            path: number(), parent: number(), startNanoseconds: number(), durationNanoseconds: number(),
            cpuNanoseconds: number(), thread: number(), hasFailed: below(2) == 0)
    }
}

/// One record of the log.
public enum Record: Sendable, Equatable {
    /// Who writes.
    case session(SessionRecord)
    /// The clock pair of a flush.
    case clock(ClockRecord)
    /// A place in the source that opens spans.
    case callsite(CallsiteRecord)
    /// A call path.
    case path(PathRecord)
    /// Cumulative counters of one path.
    case stats(StatsRecord)
    /// More buckets of the `stats` record before it.
    case buckets(BucketsRecord)
    /// Cumulative count of one error type on one path.
    case errors(ErrorsRecord)
    /// What the requests of one root used beside time.
    case usage(UsageRecord)
    /// One finished span.
    case span(SpanRecord)
    /// A request worth looking at.
    case request(RequestRecord)
    /// Spans of the `request` record before it.
    case tree(TreeRecord)
    /// A span that has been open for long.
    case open(OpenRecord)
    /// Counters a probe read.
    case probe(ProbeRecord)
    /// An object of code that samples were taken in.
    case module(ModuleRecord)
    /// A function that samples were taken in.
    case symbol(SymbolRecord)
    /// How often a sampler saw something.
    case sample(SampleRecord)
    /// Cumulative counts of what was lost.
    case drops(DropsRecord)
    /// The process crashed.
    case crash(CrashRecord)
    /// The session ended in order.
    case end(EndRecord)

    /// Which kind it is.
    public var kind: RecordKind {
        switch self {
        case .session: .session
        case .clock: .clock
        case .callsite: .callsite
        case .path: .path
        case .stats: .stats
        case .buckets: .buckets
        case .errors: .errors
        case .usage: .usage
        case .span: .span
        case .request: .request
        case .tree: .tree
        case .open: .open
        case .probe: .probe
        case .module: .module
        case .symbol: .symbol
        case .sample: .sample
        case .drops: .drops
        case .crash: .crash
        case .end: .end
        }
    }

    /// Returns the record's line with its line feed, at most ``RecordFormat/maximumLineBytes`` long.
    public func encoded(_ header: RecordHeader) -> [UInt8] {
        var writer = RecordLineWriter(kind: kind, header: header)
        switch self {
        case .session(let record): record.write(to: &writer)
        case .clock(let record): record.write(to: &writer)
        case .callsite(let record): record.write(to: &writer)
        case .path(let record): record.write(to: &writer)
        case .stats(let record): record.write(to: &writer)
        case .buckets(let record): record.write(to: &writer)
        case .errors(let record): record.write(to: &writer)
        case .usage(let record): record.write(to: &writer)
        case .span(let record): record.write(to: &writer)
        case .request(let record): record.write(to: &writer)
        case .tree(let record): record.write(to: &writer)
        case .open(let record): record.write(to: &writer)
        case .probe(let record): record.write(to: &writer)
        case .module(let record): record.write(to: &writer)
        case .symbol(let record): record.write(to: &writer)
        case .sample(let record): record.write(to: &writer)
        case .drops(let record): record.write(to: &writer)
        case .crash(let record): record.write(to: &writer)
        case .end(let record): record.write(to: &writer)
        }
        return writer.finish()
    }

    init?(kind: RecordKind, fields: RecordFieldReader) {
        var fields = fields
        switch kind {
        case .session: if let record = SessionRecord(&fields) { self = .session(record) } else { return nil }
        case .clock: if let record = ClockRecord(&fields) { self = .clock(record) } else { return nil }
        case .callsite: if let record = CallsiteRecord(&fields) { self = .callsite(record) } else { return nil }
        case .path: if let record = PathRecord(&fields) { self = .path(record) } else { return nil }
        case .stats: if let record = StatsRecord(&fields) { self = .stats(record) } else { return nil }
        case .buckets: if let record = BucketsRecord(&fields) { self = .buckets(record) } else { return nil }
        case .errors: if let record = ErrorsRecord(&fields) { self = .errors(record) } else { return nil }
        case .usage: if let record = UsageRecord(&fields) { self = .usage(record) } else { return nil }
        case .span: if let record = SpanRecord(&fields) { self = .span(record) } else { return nil }
        case .request: if let record = RequestRecord(&fields) { self = .request(record) } else { return nil }
        case .tree: if let record = TreeRecord(&fields) { self = .tree(record) } else { return nil }
        case .open: if let record = OpenRecord(&fields) { self = .open(record) } else { return nil }
        case .probe: if let record = ProbeRecord(&fields) { self = .probe(record) } else { return nil }
        case .module: if let record = ModuleRecord(&fields) { self = .module(record) } else { return nil }
        case .symbol: if let record = SymbolRecord(&fields) { self = .symbol(record) } else { return nil }
        case .sample: if let record = SampleRecord(&fields) { self = .sample(record) } else { return nil }
        case .drops: if let record = DropsRecord(&fields) { self = .drops(record) } else { return nil }
        case .crash: if let record = CrashRecord(&fields) { self = .crash(record) } else { return nil }
        case .end: if let record = EndRecord(&fields) { self = .end(record) } else { return nil }
        }
    }
}

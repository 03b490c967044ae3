/// `stats`: counters of one path, cumulative since the session's start, so that a lost line loses nothing but
/// resolution: the newest record of a path holds everything.
public struct StatsRecord: Sendable, Equatable {
    /// The path's number.
    public var path: UInt64
    /// Finished spans. Direct recursion is folded: only the outermost call counts.
    public var count: UInt64
    /// Inclusive time, nanoseconds.
    public var totalNanoseconds: UInt64
    /// Time that no child span covers, nanoseconds.
    public var selfNanoseconds: UInt64
    /// On-CPU time, nanoseconds, inclusive. For async paths the sum of what their sync descendants used.
    public var cpuNanoseconds: UInt64
    /// The longest span, nanoseconds.
    public var maximumNanoseconds: UInt64
    /// Spans that ended in an error.
    public var errors: UInt64
    /// Calls folded into an enclosing span of the same callsite.
    public var folded: UInt64
    /// How many records the histogram takes: 1, or more where ``BucketsRecord``s follow.
    public var parts: UInt64
    /// Durations in ticks.
    public var histogram: DurationHistogram

    /// Makes a record.
    public init(
        path: UInt64, count: UInt64, totalNanoseconds: UInt64, selfNanoseconds: UInt64, cpuNanoseconds: UInt64,
        maximumNanoseconds: UInt64, errors: UInt64, folded: UInt64, parts: UInt64 = 1, histogram: DurationHistogram
    ) {
        self.path = path
        self.count = count
        self.totalNanoseconds = totalNanoseconds
        self.selfNanoseconds = selfNanoseconds
        self.cpuNanoseconds = cpuNanoseconds
        self.maximumNanoseconds = maximumNanoseconds
        self.errors = errors
        self.folded = folded
        self.parts = parts
        self.histogram = histogram
    }

    /// Returns the records that carry this one: itself alone, or with its histogram cut into pieces that fit a line.
    public func split() -> [Record] {
        let pieces = histogram.pieces(maximumEncodedBytes: RecordFormat.maximumLineBytes - 512)
        var first = self
        first.histogram = pieces.first ?? DurationHistogram()
        first.parts = UInt64(max(1, pieces.count))
        let rest = pieces.dropFirst().enumerated().map { index, piece in
            Record.buckets(BucketsRecord(path: path, part: UInt64(index + 2), histogram: piece))
        }
        return [.stats(first)] + rest
    }

    func write(to line: inout RecordLineWriter) {
        line.field("path", path)
        line.field("count", count)
        line.field("total", totalNanoseconds)
        line.field("self", selfNanoseconds)
        line.field("cpu", cpuNanoseconds)
        line.field("max", maximumNanoseconds)
        line.field("errors", errors)
        line.field("folded", folded)
        line.field("parts", parts)
        line.field("histogram", encoded: histogram.encoded()[...])
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let path = fields.number("path"), let count = fields.number("count"),
            let total = fields.number("total"), let selfTime = fields.number("self"), let cpu = fields.number("cpu"),
            let maximum = fields.number("max"), let errors = fields.number("errors"),
            let folded = fields.number("folded"), let parts = fields.number("parts"),
            let histogram = fields.value("histogram").flatMap(DurationHistogram.init(encoded:))
        else { return nil }
        self.init(
            path: path, count: count, totalNanoseconds: total, selfNanoseconds: selfTime, cpuNanoseconds: cpu,
            maximumNanoseconds: maximum, errors: errors, folded: folded, parts: parts, histogram: histogram)
    }
}

/// `buckets`: a further piece of the histogram of the `stats` record before it.
public struct BucketsRecord: Sendable, Equatable {
    /// The path's number.
    public var path: UInt64
    /// Which piece it is, from 2.
    public var part: UInt64
    /// The piece.
    public var histogram: DurationHistogram

    /// Makes a record.
    public init(path: UInt64, part: UInt64, histogram: DurationHistogram) {
        self.path = path
        self.part = part
        self.histogram = histogram
    }

    func write(to line: inout RecordLineWriter) {
        line.field("path", path)
        line.field("part", part)
        line.field("histogram", encoded: histogram.encoded()[...])
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let path = fields.number("path"), let part = fields.number("part"),
            let histogram = fields.value("histogram").flatMap(DurationHistogram.init(encoded:))
        else { return nil }
        self.init(path: path, part: part, histogram: histogram)
    }
}

/// `errors`: how many spans of a path ended in an error of one type, cumulative.
public struct ErrorsRecord: Sendable, Equatable {
    /// The path's number.
    public var path: UInt64
    /// The error's type, as `String(reflecting:)` names it, or the text given for it.
    public var type: String
    /// How many.
    public var count: UInt64

    /// Makes a record.
    public init(path: UInt64, type: String, count: UInt64) {
        self.path = path
        self.type = type
        self.count = count
    }

    func write(to line: inout RecordLineWriter) {
        line.field("path", path)
        line.field("type", text: type.utf8)
        line.field("count", count)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let path = fields.number("path"), let type = fields.text("type"), let count = fields.number("count")
        else { return nil }
        self.init(path: path, type: type, count: count)
    }
}

import TraceLog

/// Counters of a path.
struct PathCounters: Equatable {
    var count: UInt64 = 0
    var totalNanoseconds: UInt64 = 0
    var selfNanoseconds: UInt64 = 0
    var cpuNanoseconds: UInt64 = 0
    var maximumNanoseconds: UInt64 = 0
    var errors: UInt64 = 0
    var folded: UInt64 = 0
}

/// What a log says about one path of one session.
struct PathModel {
    /// Where it stands in the call tree; nil until its `path` record came.
    var node: PathRecord?
    /// The newest counters, or the sum of its spans in mode `every`.
    private(set) var counters = PathCounters()
    /// Its durations: in the session's ticks, or nanoseconds where ``isFromSpans``.
    private(set) var durations = BucketCounts()
    /// Whether counters and durations come from `span` records.
    private(set) var isFromSpans = false
    /// Whether the newest counters came without all pieces of their histogram, so that the durations are older.
    var hasStaleDurations: Bool { assembly.map { $0.base > (durationsSequence ?? 0) } ?? false }

    private var countersSequence: UInt64?
    private var durationsSequence: UInt64?
    private var assembly: HistogramAssembly?

    /// Takes a `stats` record; an older one than the newest changes nothing.
    mutating func take(_ stats: StatsRecord, sequence: UInt64) {
        if isFromSpans {
            durations = BucketCounts()
            isFromSpans = false
        }
        if countersSequence.map({ $0 < sequence }) ?? true {
            countersSequence = sequence
            counters = PathCounters(
                count: stats.count, totalNanoseconds: stats.totalNanoseconds, selfNanoseconds: stats.selfNanoseconds,
                cpuNanoseconds: stats.cpuNanoseconds, maximumNanoseconds: stats.maximumNanoseconds,
                errors: stats.errors, folded: stats.folded)
        }
        if stats.parts <= 1 {
            takeDurations(BucketCounts(stats.histogram), sequence: sequence)
        } else {
            takePiece(stats.histogram, part: 1, parts: stats.parts, base: sequence)
        }
    }

    /// Takes a further piece of a histogram. The pieces of one histogram have consecutive sequence numbers.
    mutating func take(_ buckets: BucketsRecord, sequence: UInt64) {
        guard buckets.part >= 2, sequence >= buckets.part - 1, !isFromSpans else { return }
        takePiece(buckets.histogram, part: buckets.part, parts: nil, base: sequence - (buckets.part - 1))
    }

    /// Adds a finished span; without effect on a path that has cumulative counters.
    mutating func add(_ span: SpanRecord) {
        guard countersSequence == nil else { return }
        isFromSpans = true
        counters.count = saturatingSum(counters.count, 1)
        counters.totalNanoseconds = saturatingSum(counters.totalNanoseconds, span.durationNanoseconds)
        counters.selfNanoseconds = saturatingSum(counters.selfNanoseconds, span.selfNanoseconds)
        counters.cpuNanoseconds = saturatingSum(counters.cpuNanoseconds, span.cpuNanoseconds)
        counters.maximumNanoseconds = max(counters.maximumNanoseconds, span.durationNanoseconds)
        if !span.error.isEmpty { counters.errors = saturatingSum(counters.errors, 1) }
        durations.add(bucket: DurationHistogram.bucket(ofTicks: span.durationNanoseconds), occurrences: 1)
    }

    private mutating func takeDurations(_ newer: BucketCounts, sequence: UInt64) {
        guard durationsSequence.map({ $0 < sequence }) ?? true else { return }
        durationsSequence = sequence
        durations = newer
        if let base = assembly?.base, base <= sequence { assembly = nil }
    }

    private mutating func takePiece(_ piece: DurationHistogram, part: UInt64, parts: UInt64?, base: UInt64) {
        if let newest = durationsSequence, newest >= base { return }
        if let started = assembly, started.base > base { return }
        var current = assembly ?? HistogramAssembly(base: base)
        if current.base < base { current = HistogramAssembly(base: base) }
        current.take(piece, part: part, parts: parts)
        assembly = current
        if current.isComplete { takeDurations(current.durations, sequence: base) }
    }
}

/// The pieces of a histogram that takes several records, until all came.
private struct HistogramAssembly {
    /// The sequence number of the `stats` record.
    let base: UInt64
    private(set) var durations = BucketCounts()
    private var parts: UInt64?
    private var seen: Set<UInt64> = []

    init(base: UInt64) {
        self.base = base
    }

    var isComplete: Bool { parts.map { UInt64(seen.count) >= $0 } ?? false }

    mutating func take(_ piece: DurationHistogram, part: UInt64, parts: UInt64?) {
        if let parts { self.parts = parts }
        if seen.insert(part).inserted { durations.merge(BucketCounts(piece)) }
    }
}

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

    init() {}

    init(_ stats: StatsRecord) {
        count = stats.count
        totalNanoseconds = stats.totalNanoseconds
        selfNanoseconds = stats.selfNanoseconds
        cpuNanoseconds = stats.cpuNanoseconds
        maximumNanoseconds = stats.maximumNanoseconds
        errors = stats.errors
        folded = stats.folded
    }

    init(_ span: SpanRecord) {
        count = 1
        totalNanoseconds = span.durationNanoseconds
        selfNanoseconds = span.selfNanoseconds
        cpuNanoseconds = span.cpuNanoseconds
        maximumNanoseconds = span.durationNanoseconds
        errors = span.error.isEmpty ? 0 : 1
    }

    /// Adds counters of other calls.
    mutating func add(_ other: PathCounters) {
        count = saturatingSum(count, other.count)
        totalNanoseconds = saturatingSum(totalNanoseconds, other.totalNanoseconds)
        selfNanoseconds = saturatingSum(selfNanoseconds, other.selfNanoseconds)
        cpuNanoseconds = saturatingSum(cpuNanoseconds, other.cpuNanoseconds)
        maximumNanoseconds = max(maximumNanoseconds, other.maximumNanoseconds)
        errors = saturatingSum(errors, other.errors)
        folded = saturatingSum(folded, other.folded)
    }

    /// Takes so many times as many calls, rounded. The maximum stays.
    mutating func scale(by factor: Double) {
        let counters: [WritableKeyPath<PathCounters, UInt64>] = [
            \.count, \.totalNanoseconds, \.selfNanoseconds, \.cpuNanoseconds, \.errors, \.folded,
        ]
        for counter in counters {
            self[keyPath: counter] = UInt64(min(Double(self[keyPath: counter]) * factor, 1e19).rounded())
        }
    }

    /// Takes an earlier state of the same counters away. The maximum stays.
    mutating func subtract(_ earlier: PathCounters) {
        func less(_ counter: WritableKeyPath<PathCounters, UInt64>) {
            let before = earlier[keyPath: counter]
            self[keyPath: counter] = self[keyPath: counter] > before ? self[keyPath: counter] - before : 0
        }
        less(\.count)
        less(\.totalNanoseconds)
        less(\.selfNanoseconds)
        less(\.cpuNanoseconds)
        less(\.errors)
        less(\.folded)
    }
}

/// Finished spans of a path.
struct PathSpans {
    var counters: PathCounters
    /// Their durations in nanoseconds; nil: they come later, in sum.
    var durations: BucketCounts?
    /// The same, ``BucketCounts/coarse()``.
    var coarseDurations: BucketCounts
    /// The sequence number of the first of them.
    var firstSequence: UInt64

    init(counters: PathCounters, durations: BucketCounts?, coarseDurations: BucketCounts, firstSequence: UInt64) {
        self.counters = counters
        self.durations = durations
        self.coarseDurations = coarseDurations
        self.firstSequence = firstSequence
    }

    /// One span.
    init(_ counters: PathCounters, sequence: UInt64) {
        self.counters = counters
        var durations = BucketCounts()
        let bucket = DurationHistogram.bucket(ofTicks: counters.totalNanoseconds)
        durations.add(bucket: bucket, occurrences: 1)
        self.durations = durations
        coarseDurations = durations.coarse()
        firstSequence = sequence
    }
}

/// What is known of a path in a window of time.
struct WindowCounters: Equatable {
    /// The window's number; ``unknown`` or ``unplaced`` before there was a clock.
    var window: Int
    /// The sequence number of the `stats` record, or of the first span.
    var sequence: UInt64
    /// The newest counters since the session's start, or what the spans of this window add up to.
    var counters = PathCounters()
    /// The newest durations since the session's start, or those of the spans of this window; ``BucketCounts/coarse()``.
    var durations = BucketCounts()

    /// The window of records that no clock of their session came before.
    static let unknown = -1
    /// The window of records that no clock came before in the part of the log that is being read.
    static let unplaced = -2
}

extension PathCounters: CarriedByMembers {
    static let blank = PathCounters()

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&count)
        try carrier(&totalNanoseconds)
        try carrier(&selfNanoseconds)
        try carrier(&cpuNanoseconds)
        try carrier(&maximumNanoseconds)
        try carrier(&errors)
        try carrier(&folded)
    }
}

extension WindowCounters: CarriedByMembers {
    static let blank = WindowCounters(window: unknown, sequence: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&window)
        try carrier(&sequence)
        try carrier(&counters)
        try carrier(&durations)
    }
}

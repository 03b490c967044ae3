import TraceLog

/// What was recorded of a program beside its log, joined to the spans that were open on its threads: of what a function's time
/// went to system calls, and to which.
///
/// An event goes to the innermost sync span that was open on its thread; where it straddles spans, its parts go to each, and it
/// counts where its greatest part lies. Async spans change threads, and a log tells only the last one: what a thread did while
/// no sync span was open on it is not joined.
public struct Evidence: Sendable {
    /// What was read, and how much of it was joined.
    public private(set) var sources: [Source] = []
    /// What of the logs could not take part.
    public private(set) var omissions = Omissions()
    /// Single sync spans of the logs in the time of the sources.
    public private(set) var spans: UInt64 = 0
    /// By session and path.
    private(set) var paths: [UInt64: [UInt64: PathEvidence]] = [:]

    /// Makes evidence of nothing.
    public init() {}

    /// Reads logs and what else was recorded of the programs that wrote them.
    ///
    /// Takes about 90 bytes for each single span of the logs that lies in the time of the sources, for 6 million at most, and memory for
    /// each thread and each kind of call of each path. What the sources hold is passed by.
    ///
    /// - Parameters:
    ///   - sources: What else was recorded.
    ///   - logs: The logs, which must be files: they are read for the report, too.
    ///   - process: Which processes, as in ``ReportSelection/process``; nil: all.
    ///   - clocks: Has read the logs, and knows which of their records are asked for; nil: all are.
    /// - Throws: ``LogReadError`` for what cannot be opened or read, or is not what it should be.
    public init(
        of sources: [any EvidenceSource], logs: [LogInput], process: String? = nil, clocks: ClockReader? = nil
    ) throws(LogReadError) {
        guard !sources.isEmpty else { return }
        var stretch: ClosedRange<UInt64>?
        for source in sources {
            stretch = .union(stretch, try source.instants())
        }
        var reader = SpanReader(stretch ?? 0...0, clocks: clocks, process: process.map(ProcessPattern.init))
        for log in logs { try reader.read(log) }
        let spans = reader.finished()
        omissions = spans.omissions
        self.spans = UInt64(spans.intervals.count)
        for source in sources {
            var join = EvidenceJoin(spans)
            let counts = try source.read { join.take($0) }
            self.sources.append(join.finish(into: &paths, name: source.name, counts))
        }
    }

    /// What was read of a source, and how much of it was joined.
    public struct Source: Sendable, Equatable {
        /// What it is: `strace`.
        public var name: String
        /// Its lines.
        public var counts = EvidenceCounts()
        /// All events.
        public var events = Amount()
        /// Events that were joined to spans, at least in part.
        public var joined = Amount()
        /// Those that were not, and why.
        public var unjoined: [UnjoinedReason: Amount] = [:]
        /// The threads that were watched.
        public var threads: UInt64 = 0
        /// Those of them on which a sync span of the log was open.
        public var threadsWithSpans: UInt64 = 0
        /// From the begin of the first event to the end of the last, nanoseconds since 1970-01-01T00:00:00Z.
        public var stretch: ClosedRange<UInt64>?
    }

    /// How many events, and their time.
    public struct Amount: Sendable, Equatable {
        /// How many.
        public var count: UInt64 = 0
        /// Their time, nanoseconds.
        public var nanoseconds: UInt64 = 0

        mutating func add(_ other: UInt64, _ more: UInt64) {
            count = saturatingSum(count, other)
            nanoseconds = saturatingSum(nanoseconds, more)
        }
    }

    /// Why an event was joined to no span.
    public enum UnjoinedReason: String, Sendable, CaseIterable {
        /// It was on a thread with spans, while no sync span was open.
        case noSpan = "no_span"
        /// The log has no sync span on its thread.
        case otherThread = "other_thread"
        /// The log says nothing of its time.
        case otherTime = "other_time"
        /// Spans of several processes were open on a thread of that number at once.
        case ambiguous
        /// It began before the one before it on its thread had ended: it was read before.
        case repeated
    }

    /// What of the logs could not take part.
    public struct Omissions: Sendable, Equatable {
        /// Async spans, and those whose form is not known: which thread they were on is not.
        public var asyncSpans = Amount()
        /// Single spans beyond the number that is kept.
        public var spansBeyondLimit: UInt64 = 0
        /// Spans whose time is not known, because the wall clock was set.
        public var spansWithoutTime: UInt64 = 0
        /// Threads of several processes with one number.
        public var ambiguousThreads: UInt64 = 0
        /// By how much the clocks of the programs and the wall clock moved against each other between two flushes, at most. Between
        /// them time is taken from the straight line, so that it is right within less than this.
        public var clockDriftNanoseconds: UInt64 = 0

        mutating func takeAsync(_ nanoseconds: UInt64) { asyncSpans.add(1, nanoseconds) }
    }
}

/// What was found about the spans of a path.
struct PathEvidence: Sendable {
    /// Spans that were watched, and their time on their thread.
    var spans = Evidence.Amount()
    /// Their time that no further sync span of their thread covers.
    var ownNanoseconds: UInt64 = 0
    /// What was done while they were innermost.
    var activities: [ThreadEvent.Activity: ActivityTotals] = [:]
}

/// How often something was done, how long it took, and how it ended.
struct ActivityTotals: Sendable {
    var amount = Evidence.Amount()
    /// The longest.
    var maximumNanoseconds: UInt64 = 0
    /// By error, how often.
    var errors: [String: UInt64] = [:]

    /// Of an activity few errors are told apart.
    private static let mostErrors = 32

    mutating func add(count: UInt64, _ nanoseconds: UInt64, error: String) {
        amount.add(count, nanoseconds)
        maximumNanoseconds = max(maximumNanoseconds, nanoseconds)
        guard count > 0, !error.isEmpty, errors[error] != nil || errors.count < Self.mostErrors else { return }
        errors[error, default: 0] += count
    }

    mutating func add(_ other: ActivityTotals) {
        amount.add(other.amount.count, other.amount.nanoseconds)
        maximumNanoseconds = max(maximumNanoseconds, other.maximumNanoseconds)
        for (error, count) in other.errors where errors[error] != nil || errors.count < Self.mostErrors {
            errors[error, default: 0] += count
        }
    }
}

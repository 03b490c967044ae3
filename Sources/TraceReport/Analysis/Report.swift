/// What logs say: who wrote them, which functions took the time, and how much of the truth is missing.
public struct Report: Sendable, Equatable {
    /// The logs, in the order they were read.
    public var inputs: [InputSummary] = []
    /// The sessions, by start.
    public var processes: [ProcessSummary] = []
    /// Sessions among ``processes`` that a text in a log may have invented.
    public var doubts: [SessionDoubt] = []
    /// The functions, sorted by ``sortKey``.
    public var functions: [FunctionSummary] = []
    /// What ``functions`` are sorted by.
    public var sortKey: SortKey
    /// The functions under those that called them.
    public var tree = CallingContextTree()
    /// Requests whose spans are all known, the slowest first.
    public var requests: [RequestSummary] = []
    /// Spans that had not ended when the log did, the oldest first.
    public var open: [OpenSpan] = []
    /// What the functions did over time.
    public var timeline = Timeline()
    /// What programs used beside time.
    public var resources = ResourceSummary()
    /// Which part of the logs this is of.
    public var selection = ReportSelection()
    /// What its patterns selected: a pattern that is given and selected nothing may be misspelt.
    public var selected = SelectionOutcome()
    /// The stretch of time that it is of: what was flushed in it.
    public var stretch = TimeStretch()
    /// Self time of all functions, nanoseconds.
    public var selfNanoseconds: UInt64 = 0
    /// What the programs say was lost before it reached a log.
    public var drops = DropCounts()
    /// The share of recorded CPU time that recording itself took, 0…1. Nil where it is not known: where async spans
    /// took part, whose CPU time is a lower bound.
    public var tracingShare: Double?
    /// What samplers of stacks saw.
    public var samples = SampleSummary()
    /// What was recorded beside the logs, as by strace.
    public var evidence = EvidenceSummary()
    /// Paths that hostile or damaged tables made their own ancestors.
    public var cyclicPaths: UInt64 = 0
    /// Paths with counters and no name, because the records that name them are missing.
    public var unnamedPaths: UInt64 = 0
    /// Paths whose percentiles are older than their counters, because pieces of a histogram were lost.
    public var staleHistograms: UInt64 = 0

    /// Ring files that killed processes left beside the logs.
    public var leftRings: [LeftRing] = []

    /// Records of all inputs that were taken in.
    public var records: UInt64 { inputs.reduce(0) { $0 + $1.records } }
}

/// One log and what was found in it.
public struct InputSummary: Sendable, Equatable {
    /// The path as given, `-` for standard input.
    public var file: String
    /// Bytes read.
    public var bytes: UInt64 = 0
    /// Lines, an unfinished last one included.
    public var lines: UInt64 = 0
    /// Records taken in.
    public var records: UInt64 = 0
    /// Sequence numbers that never came, of the sessions that were first seen in this log.
    public var lost: UInt64 = 0
    /// Lost records before the first one there is: the log's beginning was rotated away.
    public var lostBeforeStart: UInt64 = 0
    /// Lines that begin like a record and are torn, interleaved or altered.
    public var damaged: UInt64 = 0
    /// Records of sessions that no `session` record announces; they are not in the ranking.
    public var forged: UInt64 = 0
    /// Whole records that came a second time.
    public var duplicates: UInt64 = 0
    /// Whole records of kinds that a newer version writes.
    public var unknownKinds: UInt64 = 0
    /// Whole records left out because a bound of ``Limits`` was reached.
    public var beyondLimits: UInt64 = 0
    /// Lines longer than 1 MiB, which were not looked at.
    public var overlong: UInt64 = 0
    /// 1 where the log ends inside a record that was being written.
    public var unfinished: UInt64 = 0
    /// 1 where the log is packed and ends too early, or is damaged from some place on: what comes before counts.
    public var cut: UInt64 = 0
    /// 1 where other bytes follow the packed log, which were not looked at.
    public var trailed: UInt64 = 0

    /// Whole lines that were passed over on purpose: duplicates, unknown kinds, what is beyond the limits.
    public var skipped: UInt64 { duplicates + unknownKinds + beyondLimits + overlong }

    /// Makes the summary of a log of which nothing was read.
    public init(file: String) {
        self.file = file
    }
}

/// One session: a process from bootstrap to its end.
public struct ProcessSummary: Sendable, Equatable {
    /// The session's tag.
    public var session: UInt64
    /// The process id.
    public var pid: UInt64
    /// The host's name.
    public var host: String
    /// The program's file name.
    public var program: String
    /// The program's GNU build id, empty where there is none.
    public var buildId: String
    /// The recording mode: `aggregate` or `every`.
    public var mode: String
    /// Its start, nanoseconds since 1970-01-01T00:00:00Z.
    public var startWallNanoseconds: UInt64
    /// Its last sign of life on the same clock; nil where the log has none.
    public var endWallNanoseconds: UInt64?
    /// Whether an `end` record came. Without one it was running or killed when the log ended.
    public var hasEnded: Bool
    /// Why it ended, as its `end` record says: `shutdown`, a signal's name, or `killed` where its ring file was read; nil
    /// where there is no such record.
    public var endReason: String?
    /// The number of the signal it crashed with; nil where no crash is recorded.
    public var crashSignal: UInt64?
    /// Whether it wrote nothing more, not even that it ended, while others of its program and host
    /// wrote on.
    public var fellSilent = false
    /// By how much its wall clock moved against its monotonic one, nanoseconds; 0 where that is less than a second. It was set, or
    /// the machine slept.
    public var clockJumpNanoseconds: UInt64 = 0
}

/// What programs lost before it reached a log, cumulative.
public struct DropCounts: Sendable, Equatable {
    /// Record lines that no sink took.
    public var lines: UInt64 = 0
    /// Spans whose thread's ring was full.
    public var spans: UInt64 = 0
    /// Spans that were not counted on their own path.
    public var paths: UInt64 = 0
    /// Spans ended out of order, twice or on a foreign thread.
    public var misused: UInt64 = 0
    /// Spans whose clock went back, which count as no time, and flushes before which the processor's counter left the
    /// system's clock.
    public var clockSteps: UInt64 = 0

    /// Makes counts of 0.
    public init() {}
}

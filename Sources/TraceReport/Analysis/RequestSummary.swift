import TraceLog

/// A request whose spans are all known: one of the slowest, or one that failed.
public struct RequestSummary: Sendable, Equatable {
    /// Why the program kept it.
    public enum Reason: String, Sendable {
        /// It was one of the slowest of its root between two flushes.
        case slow
        /// Its root span ended in an error.
        case failed
    }

    /// The tag of its session.
    public var session: UInt64
    /// The number of its root span in the session.
    public var id: UInt64
    /// Why the program kept it.
    public var reason: Reason
    /// Its begin, nanoseconds since 1970-01-01T00:00:00Z.
    public var startWallNanoseconds: UInt64
    /// Its duration, nanoseconds.
    public var durationNanoseconds: UInt64
    /// Whether spans are missing: the program had no room for them, or their records were lost.
    public var isPartial = false
    /// Which trace of several programs it is part of; nil: of none.
    public var trace: TraceIdentity?
    /// Its spans, the root first, parents before their children, siblings by begin.
    public var spans: [Span] = []
    /// The spans that decided how long it took, in order of time, without gaps from its begin to its end.
    public var criticalPath: [Segment] = []

    /// A span of a request.
    public struct Span: Sendable, Equatable {
        /// Its function.
        public var place: FunctionPlace
        /// Its parent's place in ``RequestSummary/spans``; nil for the root.
        public var parent: Int?
        /// How many spans it is under.
        public var depth: Int
        /// Its begin, nanoseconds after the request's.
        public var startNanoseconds: UInt64
        /// Its duration, nanoseconds.
        public var durationNanoseconds: UInt64
        /// Its duration less the union of its children's intervals, each clipped to its own, nanoseconds.
        public var selfNanoseconds: UInt64
        /// Its on-CPU time, nanoseconds.
        public var cpuNanoseconds: UInt64
        /// The number of the thread it ended on.
        public var thread: UInt64
        /// Whether it ended in an error.
        public var hasFailed: Bool
        /// How long it went on after its parent's end, nanoseconds: a task that nobody awaited.
        public var outlivesParentNanoseconds: UInt64 = 0

        /// Makes a span.
        public init(
            place: FunctionPlace, parent: Int?, depth: Int, startNanoseconds: UInt64, durationNanoseconds: UInt64,
            selfNanoseconds: UInt64, cpuNanoseconds: UInt64 = 0, thread: UInt64 = 0, hasFailed: Bool = false
        ) {
            self.place = place
            self.parent = parent
            self.depth = depth
            self.startNanoseconds = startNanoseconds
            self.durationNanoseconds = durationNanoseconds
            self.selfNanoseconds = selfNanoseconds
            self.cpuNanoseconds = cpuNanoseconds
            self.thread = thread
            self.hasFailed = hasFailed
        }
    }

    /// A stretch of the critical path: while it lasted, the request waited for this span's own code.
    public struct Segment: Sendable, Equatable {
        /// The span's place in ``RequestSummary/spans``.
        public var span: Int
        /// Its begin, nanoseconds after the request's.
        public var startNanoseconds: UInt64
        /// Its end, nanoseconds after the request's.
        public var endNanoseconds: UInt64

        /// Makes a segment.
        public init(span: Int, startNanoseconds: UInt64, endNanoseconds: UInt64) {
            self.span = span
            self.startNanoseconds = startNanoseconds
            self.endNanoseconds = endNanoseconds
        }
    }

    /// Makes a request without spans.
    public init(
        session: UInt64, id: UInt64, reason: Reason, startWallNanoseconds: UInt64, durationNanoseconds: UInt64
    ) {
        self.session = session
        self.id = id
        self.reason = reason
        self.startWallNanoseconds = startWallNanoseconds
        self.durationNanoseconds = durationNanoseconds
    }
}

/// A span that had not ended when the log did.
public struct OpenSpan: Sendable, Equatable {
    /// The tag of its session.
    public var session: UInt64
    /// The process id.
    public var pid: UInt64
    /// The functions that are open, outermost first; the last is the span's own.
    public var stack: [FunctionPlace]
    /// The number of the root span it belongs to; 0 where that is not known.
    public var request: UInt64
    /// The number of the thread it is open on; 0 for an async span.
    public var thread: UInt64
    /// Its begin, nanoseconds since 1970-01-01T00:00:00Z.
    public var startWallNanoseconds: UInt64
    /// How long it had been open, nanoseconds.
    public var ageNanoseconds: UInt64
    /// The number of the signal that ended the process while it was open; nil: it had not crashed.
    public var crashSignal: UInt64?
    /// Which span of a trace of several programs it is; nil: of none.
    public var trace: TraceIdentity?

    /// Makes an open span.
    public init(
        session: UInt64, pid: UInt64, stack: [FunctionPlace], request: UInt64 = 0, thread: UInt64 = 0,
        startWallNanoseconds: UInt64, ageNanoseconds: UInt64, crashSignal: UInt64? = nil
    ) {
        self.session = session
        self.pid = pid
        self.stack = stack
        self.request = request
        self.thread = thread
        self.startWallNanoseconds = startWallNanoseconds
        self.ageNanoseconds = ageNanoseconds
        self.crashSignal = crashSignal
    }
}

/// A function, that is a callsite of spans, over all paths, sessions and logs.
public struct FunctionSummary: Sendable, Equatable {
    /// The span's name.
    public var name: String
    /// The function that opens the span.
    public var function: String
    /// The source file.
    public var file: String
    /// The line in the file.
    public var line: UInt64
    /// Calls. Direct recursion counts once.
    public var count: UInt64 = 0
    /// Time from begin to end with everything called, nanoseconds. Recursion counts once.
    public var totalNanoseconds: UInt64 = 0
    /// Time in its own code, nanoseconds.
    public var selfNanoseconds: UInt64 = 0
    /// On-CPU time with everything called, nanoseconds; a lower bound where ``hasAsyncPaths``.
    public var cpuNanoseconds: UInt64 = 0
    /// On-CPU time in its own code, nanoseconds, of sync paths only.
    public var selfCPUNanoseconds: UInt64 = 0
    /// Time in its own code on sync paths, nanoseconds.
    public var syncSelfNanoseconds: UInt64 = 0
    /// Half of the calls took at most this, nanoseconds; nil where no histogram came.
    public var p50Nanoseconds: UInt64?
    /// 90 % of the calls took at most this, nanoseconds.
    public var p90Nanoseconds: UInt64?
    /// 95 % of the calls took at most this, nanoseconds.
    public var p95Nanoseconds: UInt64?
    /// 99 % of the calls took at most this, nanoseconds.
    public var p99Nanoseconds: UInt64?
    /// 99.9 % of the calls took at most this, nanoseconds.
    public var p999Nanoseconds: UInt64?
    /// Where the median of the process that made these calls lies in 95 of 100 cases, nanoseconds, if calls do not depend on
    /// each other; nil where there are too few calls to bound it.
    public var p50Interval: ClosedRange<UInt64>?
    /// Where its 99th percentile lies, as ``p50Interval``; nil below some 370 calls.
    public var p99Interval: ClosedRange<UInt64>?
    /// The longest call, nanoseconds.
    public var maximumNanoseconds: UInt64 = 0
    /// Calls that ended in an error.
    public var errors: UInt64 = 0
    /// Error types and how many of each, most frequent first.
    public var errorTypes: [ErrorType] = []
    /// What its threads were seen doing while it was the innermost function that was open, most frequent first; empty: nobody
    /// looked.
    public var waits: [Wait] = []
    /// Calls of the root spans under which it was called; 0 where it is a root itself only.
    public var rootCalls: UInt64 = 0
    /// Self time over the self time of all functions, 0…1.
    public var share: Double = 0
    /// Whether some of its spans ran over suspensions, so that its CPU time is a lower bound.
    public var hasAsyncPaths = false

    /// The type of an error and how often it ended a call.
    public struct ErrorType: Sendable, Equatable {
        /// The type's name.
        public var type: String
        /// How many calls.
        public var count: UInt64
    }

    /// Something that threads were seen doing, and how often.
    public struct Wait: Sendable, Equatable {
        /// What: `lock`, `disk`, `running`.
        public var what: String
        /// How often a look found a thread doing it.
        public var looks: UInt64
    }

    /// Time not on a CPU, nanoseconds: an upper bound where ``hasAsyncPaths``.
    public var waitNanoseconds: UInt64 {
        totalNanoseconds > cpuNanoseconds ? totalNanoseconds - cpuNanoseconds : 0
    }

    /// Makes a function that was never called.
    public init(name: String, function: String, file: String, line: UInt64) {
        self.name = name
        self.function = function
        self.file = file
        self.line = line
    }
}

/// What functions are sorted by, largest first.
public enum SortKey: String, Sendable, CaseIterable {
    /// Time with everything called.
    case total
    /// Time in its own code.
    case selfTime = "self"
    /// On-CPU time.
    case cpu
    /// Time not on a CPU.
    case wait
    /// The median.
    case p50
    /// The 95th percentile.
    case p95
    /// The 99th percentile.
    case p99
    /// The longest call.
    case max
    /// Calls.
    case count
    /// Calls that ended in an error.
    case errors

    /// Returns the number a function is sorted by.
    func value(of function: FunctionSummary) -> UInt64 {
        switch self {
        case .total: function.totalNanoseconds
        case .selfTime: function.selfNanoseconds
        case .cpu: function.cpuNanoseconds
        case .wait: function.waitNanoseconds
        case .p50: function.p50Nanoseconds ?? 0
        case .p95: function.p95Nanoseconds ?? 0
        case .p99: function.p99Nanoseconds ?? 0
        case .max: function.maximumNanoseconds
        case .count: function.count
        case .errors: function.errors
        }
    }

    /// Whether `left` stands before `right`. Equal ones are ordered by name and place, so that reports are repeatable.
    func areInOrder(_ left: FunctionSummary, _ right: FunctionSummary) -> Bool {
        let values = (value(of: left), value(of: right))
        if values.0 != values.1 { return values.0 > values.1 }
        return left.place < right.place
    }
}

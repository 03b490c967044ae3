/// How much of a log is kept in memory. A log may be hostile and name 2⁶⁴ paths; what lies beyond a bound is left out
/// and counted, and the report says so.
public struct Limits: Sendable, Equatable {
    /// Sessions: one for each process and restart.
    public var sessions = 4_096
    /// Call paths of all sessions.
    public var paths = 1_000_000
    /// Callsites of all sessions.
    public var callsites = 100_000
    /// Histogram buckets in use of all paths, eight bytes each.
    public var buckets = 16_000_000
    /// Pairs of path and error type of all sessions.
    public var errorTypes = 100_000
    /// Pairs of path and what its threads were seen doing, of all sessions.
    public var waits = 100_000
    /// Sampled stacks of all sessions, each on a path of its own.
    public var stacks = 100_000
    /// Addresses in these stacks, eight bytes each.
    public var stackAddresses = 4_000_000
    /// Nodes in the tree of samples, some hundred bytes each. A stack that finds the tree full is cut.
    public var sampleNodes = 1_000_000
    /// Modules of all sessions.
    public var modules = 100_000
    /// Functions of all sessions, that samples were taken in.
    public var symbols = 500_000
    /// Requests of each root whose spans are kept, the slowest.
    public var slowestPerRoot = 10
    /// Requests of each root that failed whose spans are kept, the newest.
    public var failedPerRoot = 5
    /// Requests of all sessions whose spans are kept.
    public var requests = 10_000
    /// Spans in these requests, 56 bytes each.
    public var requestSpans = 200_000
    /// Spans of all sessions that had not ended.
    public var openSpans = 100_000
    /// Counters of probes, of all sessions.
    public var counters = 100_000
    /// Roots of all sessions of which it is known what their requests used beside time.
    public var usages = 100_000

    /// The bounds above.
    public init() {}
}

import TraceLog

/// Two deployments side by side: which functions got slower, which faster, and of which that cannot be told.
///
/// Calls of one run are not independent: load, neighbours and caches come and go. So it is not calls that are tested but
/// windows of time, by their ranks (Mann and Whitney), with Holm's correction over all functions and measures: two logs of
/// the same program give any alarm in at most ``Options/level`` of cases. Times are those of a request, whatever the traffic.
///
/// A function is the same where its place is; one whose line moved, where its name, function and file are unique.
public struct Comparison: Sendable, Equatable {
    /// What decides about verdicts.
    public struct Options: Sendable, Equatable {
        /// How often two logs of the same program may give an alarm, 0…1.
        public var level = 0.05
        /// Changes below this share are none, from 0.
        public var threshold = 0.05
        /// How many windows of each log a verdict needs, from 2.
        public var minimumWindows = 5
        /// How often the intervals draw the windows anew; below 40 there are none.
        public var resamples = 399

        /// Makes the options that are recommended.
        public init() {}
    }

    /// One of the logs.
    public struct Side: Sendable, Equatable {
        /// The logs it was read from.
        public var files: [String]
        /// The builds of its programs, the first eight digits.
        public var builds: [String]
        /// Calls of all root functions, in the windows of its timeline.
        public var requests: UInt64
        /// How long a window is, nanoseconds.
        public var windowNanoseconds: UInt64
        /// Records that were lost.
        public var lost: UInt64
    }

    /// What decided.
    public let options: Options
    /// The older one.
    public let before: Side
    /// The newer one.
    public let after: Side
    /// Functions of both, the largest self time of the newer one first.
    public let functions: [FunctionComparison]
    /// Functions of the newer one only, the largest self time first.
    public let new: [FunctionSummary]
    /// Functions of the older one only, the largest self time first.
    public let gone: [FunctionSummary]

    /// Compares two reports by their timelines. Takes time in proportion to functions, windows and resamples, each multiplied.
    public init(of before: Report, with after: Report, options: Options = Options()) {
        let pairs = FunctionPairs(before, after)
        let windows = (ComparedWindows(before.timeline), ComparedWindows(after.timeline))
        let tests = WindowTests(before: windows.0, after: windows.1, options: options)
        self.options = options
        self.before = Side(before, requests: windows.0.requestCount)
        self.after = Side(after, requests: windows.1.requestCount)
        functions = tests.compared(pairs.both)
        new = pairs.new
        gone = pairs.gone
    }

    /// Functions of which something got worse.
    public var slower: [FunctionComparison] { functions.filter { $0.verdict == .slower } }
    /// Functions of which something got better and nothing worse.
    public var faster: [FunctionComparison] { functions.filter { $0.verdict == .faster } }
    /// Functions that are called more or less often per request.
    public var calledDifferently: [FunctionComparison] { functions.filter { $0.calls.verdict.isChange } }
    /// Functions that changed in nothing that can be told, where not everything can.
    public var untold: [FunctionComparison] { functions.filter { $0.verdict == .cannotBeTold } }
    /// Functions of which no change was found.
    public var unchanged: [FunctionComparison] { functions.filter { $0.verdict == .unchanged } }
}

/// A function in two deployments.
public struct FunctionComparison: Sendable, Equatable {
    /// The function before.
    public let before: FunctionSummary
    /// The function after; its line may be another.
    public let after: FunctionSummary
    /// The median of its calls, nanoseconds, in a typical window.
    public var p50: MetricChange
    /// What 99 % of its calls do not exceed, nanoseconds, in a typical window.
    public var p99: MetricChange
    /// Time in its own code per request of any root, nanoseconds, in a typical window.
    public var selfTime: MetricChange
    /// Calls per request of any root, in a typical window. They change no verdict.
    public var calls: MetricChange

    /// The verdict over median, 99th percentile and self time; no change was found only where all three could be told.
    public var verdict: Verdict {
        let verdicts = [p50.verdict, p99.verdict, selfTime.verdict]
        if verdicts.contains(.slower) { return .slower }
        if verdicts.contains(.faster) { return .faster }
        return verdicts.contains(.cannotBeTold) ? .cannotBeTold : .unchanged
    }
}

/// What became of a number.
public enum Verdict: String, Sendable, CaseIterable {
    /// It grew, significantly and by the threshold at least.
    case slower
    /// It shrank, significantly and by the threshold at least.
    case faster
    /// No change of that size was found.
    case unchanged
    /// There are too few windows with enough calls.
    case cannotBeTold

    /// Whether it grew or shrank.
    public var isChange: Bool { self == .slower || self == .faster }
}

/// A number in two deployments.
public struct MetricChange: Sendable, Equatable {
    /// Its middle over the windows before; nil where there is no window.
    public var before: Double?
    /// Its middle over the windows after.
    public var after: Double?
    /// 0.1: a tenth more. Nil where there is no window, or where it was 0 before.
    public var change: Double?
    /// Where the change lies in 95 of 100 cases; nil where that is not known.
    public var interval: ClosedRange<Double>?
    /// How likely windows of one program differ as much, with Holm's correction; nil where it was not tested.
    public var pValue: Double?
    /// How many windows there were before, those with few calls joined.
    public var windowsBefore = 0
    /// How many windows there were after.
    public var windowsAfter = 0
    /// What became of it.
    public var verdict = Verdict.cannotBeTold

    /// Whether it is larger beyond chance, by so much at least: 0.1 for a tenth. A number that was 0 grew without bound.
    public func isWorse(by share: Double, level: Double = 0.05) -> Bool {
        guard let pValue, pValue <= level, let before, let after, after > before else { return false }
        return change.map { $0 >= share } ?? true
    }
}

extension Comparison.Side {
    init(_ report: Report, requests: UInt64) {
        files = report.inputs.map(\.file)
        var seen: Set<String> = []
        builds = report.processes.map { String($0.buildId.prefix(8)) }
            .filter { !$0.isEmpty && seen.insert($0).inserted }
        self.requests = requests
        windowNanoseconds = report.timeline.windowNanoseconds
        lost = report.inputs.reduce(0) { saturatingSum($0, $1.lost) }
    }
}

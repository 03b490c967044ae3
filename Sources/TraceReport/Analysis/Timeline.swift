import TraceLog

/// What functions did over time, in windows of equal length.
///
/// What a flush wrote belongs to the window that the flush's clock lies in, so a window is never finer than the time between
/// flushes.
public struct Timeline: Sendable, Equatable {
    /// The begin of the first window, nanoseconds since 1970-01-01T00:00:00Z.
    public var startWallNanoseconds: UInt64 = 0
    /// How long a window is, nanoseconds.
    public var windowNanoseconds: UInt64 = 0
    /// How many windows there are; each function has as many.
    public var windowCount = 0
    /// The functions, in no order.
    public var functions: [FunctionSeries] = []

    /// A function over time.
    public struct FunctionSeries: Sendable, Equatable {
        /// The function.
        public var place: FunctionPlace
        /// Whether it is a root: its calls are requests.
        public var isRoot: Bool
        /// What it did in each window.
        public var windows: [Window]

        /// Makes a series.
        public init(place: FunctionPlace, isRoot: Bool, windows: [Window]) {
            self.place = place
            self.isRoot = isRoot
            self.windows = windows
        }
    }

    /// What a function did in a window.
    public struct Window: Sendable, Equatable {
        /// Calls that ended in it.
        public var count: UInt64 = 0
        /// Their time from begin to end, nanoseconds.
        public var totalNanoseconds: UInt64 = 0
        /// Their time in its own code, nanoseconds.
        public var selfNanoseconds: UInt64 = 0
        /// Their on-CPU time, nanoseconds.
        public var cpuNanoseconds: UInt64 = 0
        /// Those that ended in an error.
        public var errors: UInt64 = 0
        /// Their durations; a tick is a nanosecond.
        public var durations = DurationHistogram()

        /// Makes an empty window.
        public init() {}
    }

    /// Makes a timeline without windows.
    public init() {}
}

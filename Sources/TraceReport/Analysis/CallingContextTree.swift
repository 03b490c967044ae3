/// Functions under the functions that called them, over all sessions.
public struct CallingContextTree: Sendable, Equatable {
    /// A function under the functions that were open when it was called.
    public struct Node: Sendable, Equatable {
        /// The node it is under; nil for a root.
        public var parent: Int?
        /// Its place in ``CallingContextTree/functions``.
        public var function: Int
        /// How many nodes it is under.
        public var depth: Int
        /// Calls. Direct recursion counts once.
        public var count: UInt64 = 0
        /// Time from begin to end with everything called, nanoseconds.
        public var totalNanoseconds: UInt64 = 0
        /// Time in its own code, nanoseconds.
        public var selfNanoseconds: UInt64 = 0
        /// On-CPU time with everything called, nanoseconds; a lower bound where ``isAsync``.
        public var cpuNanoseconds: UInt64 = 0
        /// The longest call, nanoseconds.
        public var maximumNanoseconds: UInt64 = 0
        /// Half of the calls took at most this, nanoseconds; nil where no histogram came.
        public var p50Nanoseconds: UInt64?
        /// 99 % of the calls took at most this, nanoseconds.
        public var p99Nanoseconds: UInt64?
        /// 90 % of the calls took at most this, nanoseconds; known of roots only, as the next two are.
        public var p90Nanoseconds: UInt64?
        /// 95 % of the calls took at most this, nanoseconds.
        public var p95Nanoseconds: UInt64?
        /// 99.9 % of the calls took at most this, nanoseconds.
        public var p999Nanoseconds: UInt64?
        /// Calls that ended in an error.
        public var errors: UInt64 = 0
        /// Whether it runs over suspensions.
        public var isAsync = false

        /// Makes a node that was never called.
        public init(parent: Int?, function: Int, depth: Int) {
            self.parent = parent
            self.function = function
            self.depth = depth
        }
    }

    /// The functions, each once.
    public var functions: [FunctionPlace] = []
    /// The nodes: each right before those below it, siblings by total time, longest first.
    public var nodes: [Node] = []

    /// Makes an empty tree.
    public init() {}
}

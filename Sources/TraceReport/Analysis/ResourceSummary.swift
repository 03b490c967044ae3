/// What programs used beside time.
public struct ResourceSummary: Sendable, Equatable {
    /// What the requests of each root used, by the root's place; those that used nothing are left out.
    public var roots: [RootUsage] = []
    /// What probes read of whole processes, by session, probe and counter.
    public var counters: [CounterSummary] = []

    /// Makes an empty summary.
    public init() {}
}

/// What the requests of a root used on the threads that their sync spans ran on, over all sessions.
public struct RootUsage: Sendable, Equatable {
    /// The root.
    public var place: FunctionPlace
    /// Calls of the root.
    public var requests: UInt64 = 0
    /// Page faults that needed no disk.
    public var minorFaults: UInt64 = 0
    /// Page faults that waited for a disk.
    public var majorFaults: UInt64 = 0
    /// How often a thread gave its processor up, to wait for something.
    public var voluntarySwitches: UInt64 = 0
    /// How often the kernel took the processor away.
    public var involuntarySwitches: UInt64 = 0
    /// Blocks of 512 bytes read from storage.
    public var blocksIn: UInt64 = 0
    /// Blocks of 512 bytes written to storage.
    public var blocksOut: UInt64 = 0

    /// Makes the use of a root that used nothing.
    public init(place: FunctionPlace) {
        self.place = place
    }
}

/// A counter of a process over the flushes of its session.
public struct CounterSummary: Sendable, Equatable {
    /// The session's tag.
    public var session: UInt64
    /// The probe's name.
    public var probe: String
    /// The counter's name, which carries its unit: `resident_bytes`.
    public var name: String
    /// How often it was read.
    public var readings: UInt64
    /// The first value there is.
    public var first: UInt64
    /// The last value there is.
    public var last: UInt64
    /// The lowest value.
    public var minimum: UInt64
    /// The highest value.
    public var maximum: UInt64
    /// How much it grew a second, from the first reading to the last; nil for one that was seen to fall, or was read once.
    public var growthPerSecond: Double?

    /// Makes the summary of a counter that was read once.
    public init(session: UInt64, probe: String, name: String, value: UInt64) {
        self.session = session
        self.probe = probe
        self.name = name
        readings = 1
        first = value
        last = value
        minimum = value
        maximum = value
    }
}

/// Reads counters of the process or the machine, at every flush.
///
/// A probe is called by the flush thread only, one call at a time, and should take no longer than a millisecond.
///
/// ```swift
/// struct QueueProbe: Probe {
///     let name = "queue"
///     func read() -> [ProbeCounter] { [ProbeCounter(name: "waiting", value: queue.count)] }
/// }
/// ```
public protocol Probe: Sendable {
    /// The probe's name in the log: plain ASCII without white space.
    var name: String { get }

    /// Reads the counters now. One that cannot be read is left out.
    func read() -> [ProbeCounter]

    /// Reads several things now, each under a name of its own: what a probe of things that come and go has to offer. By
    /// default it is what ``read()`` reads, under ``name``.
    func readings() -> [ProbeReading]
}

extension Probe {
    /// Returns what ``read()`` reads, under ``name``.
    public func readings() -> [ProbeReading] { [ProbeReading(name: name, counters: read())] }
}

/// What a probe read of one thing: a `probe` record.
public struct ProbeReading: Sendable, Equatable {
    /// What the counters are of. Any text; in the log it is escaped, and cut to 640 bytes of that.
    public var name: String

    /// The counters; the first 40 are written, and none at all where it is empty.
    public var counters: [ProbeCounter]

    /// Makes a reading.
    public init(name: String, counters: [ProbeCounter]) {
        self.name = name
        self.counters = counters
    }
}

/// A number that a probe read.
public struct ProbeCounter: Sendable, Equatable {
    /// Its name, with its unit: `resident_bytes`. Plain ASCII without white space or `=`.
    public var name: String

    /// Its value.
    public var value: UInt64

    /// Makes a counter.
    public init(name: String, value: UInt64) {
        self.name = name
        self.value = value
    }
}

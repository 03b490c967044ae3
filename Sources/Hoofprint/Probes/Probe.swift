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

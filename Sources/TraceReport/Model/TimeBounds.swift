/// Which records of a session lie in a stretch of time, by their numbers.
struct SequenceBounds: Sendable, Equatable {
    /// The first record of the first flush in the stretch.
    var lower: UInt64
    /// The first record of the first flush after the stretch.
    var upper: UInt64

    /// Every record.
    static let all = SequenceBounds(lower: 0, upper: .max)

    /// No record: all were before.
    static let none = SequenceBounds(lower: .max, upper: .max)

    /// Where a record lies.
    enum Side {
        case before, inside, after
    }

    func side(of sequence: UInt64) -> Side {
        sequence < lower ? .before : sequence < upper || upper == .max ? .inside : .after
    }

    /// Widens the bounds by what a clock says: the stretch is after `since`, up to `until`.
    mutating func take(wallNanoseconds: UInt64, sequence: UInt64, _ stretch: TimeStretch) {
        if stretch.since.map({ wallNanoseconds > $0 }) ?? true { lower = min(lower, sequence) }
        if let until = stretch.until, wallNanoseconds > until { upper = min(upper, sequence) }
    }
}

/// A stretch of time, nanoseconds since 1970-01-01T00:00:00Z: after `since`, up to and with `until`; nil: without end.
public struct TimeStretch: Sendable, Equatable {
    /// Where it begins.
    public var since: UInt64?
    /// Where it ends.
    public var until: UInt64?

    /// Makes a stretch.
    public init(since: UInt64? = nil, until: UInt64? = nil) {
        self.since = since
        self.until = until
    }

    /// Whether it holds all times.
    public var isEverything: Bool { since == nil && until == nil }
}

/// The constants of the record format, shared by everything that writes or reads records.
///
/// The grammar, with an example of every record, is the article "The record format" of this module.
public enum RecordFormat {
    /// What every record begins with. Its first byte is rare in real logs, so a reader finds records with memchr.
    public static let marker: StaticString = "~hp1 "

    /// The marker's bytes.
    public static let markerBytes: [UInt8] = Array("~hp1 ".utf8)

    /// The version the marker stands for. A reader of version n reads every version up to n.
    public static let version = 1

    /// The longest line in bytes, line feed included: what Linux writes to a pipe in one piece (`PIPE_BUF`).
    public static let maximumLineBytes = 4096

    /// The longest encoded text value in bytes; longer ones are cut and end in `%E2%80%A6` (an ellipsis).
    public static let maximumValueBytes = 640
}

/// What a record says, the word after the marker.
public enum RecordKind: String, Sendable, CaseIterable {
    /// Who writes: the first record of a session, repeated so that a cut log still decodes.
    case session
    /// The clock pair of a flush.
    case clock
    /// A place in the source that opens spans.
    case callsite
    /// A call path: a callsite under a parent path.
    case path
    /// Cumulative counters of one path.
    case stats
    /// More histogram buckets of the `stats` record before it.
    case buckets
    /// Cumulative count of one error type on one path.
    case errors
    /// What the requests of one root used beside time, cumulative.
    case usage
    /// One finished span (mode `every`).
    case span
    /// A request worth looking at: one of the slowest, or failed.
    case request
    /// Spans of the `request` record before it.
    case tree
    /// A span that has been open for long.
    case open
    /// Counters a probe read.
    case probe
    /// An object of code that samples were taken in.
    case module
    /// A function that samples were taken in.
    case symbol
    /// How often a sampler saw something.
    case sample
    /// Cumulative counts of what was lost.
    case drops
    /// The process crashed.
    case crash
    /// The session ended in order.
    case end
}

/// Which session a record belongs to and where in it.
public struct RecordHeader: Sendable, Hashable {
    /// The session's tag: 64 random bits drawn at bootstrap. It also keys the checksum.
    public var session: UInt64

    /// The record's number in its session, from 0, without gaps: a gap is a lost line.
    public var sequence: UInt64

    /// Makes a header.
    public init(session: UInt64, sequence: UInt64) {
        self.session = session
        self.sequence = sequence
    }
}

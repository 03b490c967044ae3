import CLogScan
import TraceLog

/// Finds the flushes of the sessions in logs, to tell which of their records lie in a stretch of time: flushes whose `clock`
/// lies in it. Reads every log once, at about the speed at which lines are counted.
public struct ClockReader: Sendable {
    /// What is asked for.
    public let stretch: TimeStretch
    private var bounds: [UInt64: SequenceBounds] = [:]
    private let limits: Limits
    /// The clocks of all sessions, from the oldest to the newest, nanoseconds since 1970-01-01T00:00:00Z; nil: there is none.
    public private(set) var clocks: ClosedRange<UInt64>?

    /// Makes a reader that has read nothing.
    ///
    /// - Parameters:
    ///   - stretch: what is asked for.
    ///   - limits: how many sessions are kept.
    public init(_ stretch: TimeStretch, limits: Limits = Limits()) {
        self.stretch = stretch
        self.limits = limits
    }

    /// Reads a log to its end.
    public mutating func read(_ input: LogInput) throws(LogReadError) {
        let places = RecordPlaces()
        try input.forEachBlock(for: "a stretch of time") { block, isFinished in
            guard isFinished else { return }
            _ = places.forEachBatch(of: block) { found, base in for place in found { take(place, of: base) } }
        }
    }

    /// Returns where a session's records lie; those of a session without a clock are outside.
    func bounds(of session: UInt64) -> SequenceBounds {
        stretch.isEverything ? .all : bounds[session] ?? .none
    }

    private mutating func take(_ place: hp_log_place, of base: UnsafeRawPointer) {
        let record = UnsafeRawBufferPointer(start: base + Int(place.start), count: Int(place.end - place.start))
        guard record.dropFirst(RecordFormat.markerBytes.count).starts(with: "clock ".utf8),
            case .record(let header, .clock(let clock)) = RecordDecoder.decode(record: record)
        else { return }
        let wall = clock.wallNanoseconds
        clocks = .union(clocks, wall...wall)
        guard bounds[header.session] != nil || bounds.count < limits.sessions else { return }
        bounds[header.session, default: .none]
            .take(wallNanoseconds: wall, sequence: header.sequence, stretch)
    }
}

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
        switch input {
        case .file(let path):
            if let lines = try RingLog.lines(ofFile: path) {
                var source = MemorySource(lines)
                return try read(&source)
            }
            let file = try LogFile(path: path)
            guard file.size != nil else { throw Self.readOnce(input) }
            if QueuedInput.beginsPartial(path) {
                throw LogReadError(
                    name: path, reason: "a partial knows no stretch of time; give the logs it was written of")
            }
            if let compression = try file.compression() {
                var source = UnpackedSource(DescriptorSource(file, from: 0), compression, end: PackedEndCell())
                return try read(&source)
            }
            var source = DescriptorSource(file)
            try read(&source)
        case .standardInput:
            throw Self.readOnce(input)
        case .bytes(let bytes, _):
            var source = MemorySource(bytes)
            try read(&source)
        }
    }

    /// A pipe has nothing left for the second reading.
    private static func readOnce(_ input: LogInput) -> LogReadError {
        LogReadError(
            name: input.name, reason: "a stretch of time takes two readings; write it to a file and give that")
    }

    /// Returns where a session's records lie; those of a session without a clock are outside.
    func bounds(of session: UInt64) -> SequenceBounds {
        stretch.isEverything ? .all : bounds[session] ?? .none
    }

    private mutating func read(_ source: inout some ByteSource & ~Copyable) throws(LogReadError) {
        var blocks = LineBlocks(.all)
        let places = RecordPlaces()
        var messages = NumberedMessages()
        try blocks.forEachBlock(of: &source) { block, isFinished in
            guard isFinished else { return }
            _ = places.forEachBatch(of: messages.written(block)) { found, base in
                for place in found { take(place, of: base) }
            }
        }
    }

    private mutating func take(_ place: hp_log_place, of base: UnsafeRawPointer) {
        let record = UnsafeRawBufferPointer(start: base + Int(place.start), count: Int(place.end - place.start))
        guard record.dropFirst(RecordFormat.markerBytes.count).starts(with: "clock ".utf8),
            case .record(let header, .clock(let clock)) = RecordDecoder.decode(record: record)
        else { return }
        let wall = clock.wallNanoseconds
        clocks = min(clocks?.lowerBound ?? wall, wall)...max(clocks?.upperBound ?? wall, wall)
        guard bounds[header.session] != nil || bounds.count < limits.sessions else { return }
        bounds[header.session, default: .none]
            .take(wallNanoseconds: wall, sequence: header.sequence, stretch)
    }
}

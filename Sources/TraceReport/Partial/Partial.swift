/// What logs say, as a line of text that is joined with those of other logs: any engine that runs a command on each
/// file and joins lines can so read the logs of a fleet.
///
/// A report of partials is that of one run over the logs themselves, byte for byte, however the logs were grouped and
/// in whatever order they came: a partial holds for each log what a report needs, histograms and all, and they are
/// added up when the report is made, in the order of the logs' names. A log that comes twice counts once, its second
/// time as duplicates.
///
/// ```swift
/// let partial = try Partial(of: [.file("server.log"), .file("others.partial")])
/// print(String(decoding: partial.encoded(), as: UTF8.self), terminator: "")
/// ```
///
/// Two things differ. Where two logs share a part of a process's records, and neither holds all of the other's, these
/// logs must be given to one `Partial`, or joining fails and says so. Where a bound of ``Limits`` is reached, what is
/// left out may be something else.
public struct Partial: Sendable {
    /// What the logs say, in ``ReadingOrder``.
    let pieces: [LogPiece]

    /// Reads logs and partials.
    ///
    /// Takes the time of a report for logs; some milliseconds for a partial of 64 functions.
    ///
    /// - Parameters:
    ///   - inputs: logs, and files of partials, one a line; known by what they begin with.
    ///   - limits: how much of each log is kept.
    ///   - progress: is told of every byte that is read.
    /// - Throws: ``LogReadError`` for the first that cannot be opened or read, and for partials that are damaged or of
    ///   another version.
    public init(
        of inputs: [LogInput], limits: Limits = Limits(), progress: ReadProgress? = nil
    ) throws(LogReadError) {
        try self.init(of: QueuedInput.queue(inputs, progress), limits, progress)
    }

    init(of queue: [QueuedInput], _ limits: Limits, _ progress: ReadProgress?) throws(LogReadError) {
        var pieces: [LogPiece] = []
        var numbers: [UInt64: SequenceSet] = [:]
        for input in queue {
            let piece = try Self.piece(of: input, after: numbers, limits, progress)
            for session in piece.sessions {
                let added = session.sequences.subtracting(numbers[session.tag] ?? SequenceSet())
                numbers[session.tag, default: SequenceSet()].formUnion(added)
            }
            pieces.append(piece)
        }
        self.pieces = pieces
    }

    /// Reads a log. Where a part of its records came before, it is read again without these.
    private static func piece(
        of input: QueuedInput, after numbers: [UInt64: SequenceSet], _ limits: Limits, _ progress: ReadProgress?
    ) throws(LogReadError) -> LogPiece {
        func read(by analyser: LogAnalyser) throws(LogReadError) -> LogPiece {
            var analyser = analyser
            analyser.progress = progress
            try analyser.read(queue: [input])
            return analyser.piece
        }
        if case .piece(let piece) = input { return piece }
        let piece = try read(by: LogAnalyser(limits: limits))
        let cameBefore = piece.sessions.contains { session in
            numbers[session.tag].map { $0.overlaps(session.sequences) && !$0.isSuperset(of: session.sequences) }
                ?? false
        }
        // A pipe gives its bytes once.
        guard cameBefore, input.log != nil else { return piece }
        return try read(by: LogAnalyser(limits: limits, cameBefore: numbers))
    }

    /// Returns the line, with its line feed. Some kilobytes a log: see "Fleets".
    public func encoded() -> [UInt8] { PartialLine.encoded(pieces) }
}

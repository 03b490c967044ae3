/// What logs say, as a line of text that is joined with those of other logs: any engine that runs a command on each file and
/// joins lines can so read the logs of a fleet.
///
/// A report of partials is that of one run over the logs themselves, byte for byte, however the logs were grouped and in
/// whatever order they came: a partial holds for each log what a report needs, histograms and all, and they are added up when
/// the report is made, in the order of the logs' names. A log that comes twice counts once, its second time as duplicates.
///
/// ```swift
/// let partial = try Partial(of: [.file("server.log"), .file("others.partial")])
/// print(String(decoding: partial.encoded(), as: UTF8.self), terminator: "")
/// ```
///
/// Two things differ. Where two logs share a part of a process's records, and neither holds all of the other's, they must be
/// given to one `Partial`, or joining fails and says so. Where a bound of ``Limits`` is reached, what is left out may be
/// something else.
public struct Partial: Sendable {
    private let pieces: [LogPiece]

    /// Reads logs and partials.
    ///
    /// Takes the time of a report for logs; some milliseconds for a partial of 64 functions.
    ///
    /// - Parameters:
    ///   - inputs: logs, and files of partials, one a line; known by what they begin with.
    ///   - limits: how much of each log is kept.
    ///   - progress: is told of every byte that is read.
    /// - Throws: ``LogReadError`` for the first that cannot be opened or read, and for partials that are damaged or of another
    ///   version.
    public init(
        of inputs: [LogInput], limits: Limits = Limits(), progress: ReadProgress? = nil
    ) throws(LogReadError) {
        var pieces: [LogPiece] = []
        for input in try QueuedInput.queue(inputs, progress) {
            if case .piece(let piece) = input {
                pieces.append(piece)
            } else {
                var analyser = LogAnalyser(limits: limits)
                analyser.progress = progress
                try analyser.read(queue: [input])
                pieces.append(analyser.piece)
            }
        }
        self.pieces = pieces
    }

    /// How many logs it is of.
    public var logCount: Int { pieces.count }

    /// Returns the line, with its line feed. Some kilobytes a log: see "Fleets".
    public func encoded() -> [UInt8] { PartialLine.encoded(pieces) }
}

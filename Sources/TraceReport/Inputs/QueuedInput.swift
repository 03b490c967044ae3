/// Something to read, and that it is known not to be something else.
enum QueuedInput: Sendable {
    /// A log that is opened when its turn comes.
    case log(LogInput)
    /// A log that comes in order and once only, whose first bytes were looked at.
    case pipe(LogInput, Handover<PeekedSource<DescriptorSource>>)
    /// What was read of a log before.
    case piece(LogPiece)

    /// The log's name.
    var name: String {
        switch self {
        case .log(let input), .pipe(let input, _): input.name
        case .piece(let piece): piece.input.file
        }
    }

    /// The log that is opened when its turn comes; nil: it is something else.
    var log: LogInput? { if case .log(let input) = self { input } else { nil } }

    /// Whether it was read before.
    var isPiece: Bool { if case .piece = self { true } else { false } }

    /// Looks at inputs, reads those that hold partials, and puts all in ``ReadingOrder``. Waits for the first bytes of
    /// pipes.
    ///
    /// - Throws: ``LogReadError`` where a partial is damaged, or of another version.
    static func queue(_ inputs: [LogInput], _ progress: ReadProgress?) throws(LogReadError) -> [QueuedInput] {
        var queue: [(order: ReadingOrder, input: QueuedInput)] = []
        for input in inputs {
            for found in try Self.found(input, progress) { queue.append((ReadingOrder(found.name), found)) }
        }
        return queue.sorted { left, right in
            left.order == right.order ? isBefore(left.input, right.input) : left.order < right.order
        }.map(\.input)
    }

    /// Whether one of two inputs of the same name is read first: logs, then pieces in the order of their bytes.
    private static func isBefore(_ left: QueuedInput, _ right: QueuedInput) -> Bool {
        switch (left, right) {
        case (.piece(let left), .piece(let right)):
            left.encoded().lexicographicallyPrecedes(right.encoded())
        case (.piece, _): false
        case (_, .piece): true
        default: false
        }
    }

    private static func found(_ input: LogInput, _ progress: ReadProgress?) throws(LogReadError) -> [QueuedInput] {
        switch input {
        case .bytes(let bytes, let name):
            guard PartialLine.begins(bytes) else { return [.log(input)] }
            return try PartialFile.pieces(of: MemorySource(bytes), name: name).map(QueuedInput.piece)
        case .standardInput: return try found(inPipe: LogFile(progress: progress), input)
        case .file(let path):
            guard let kind = FileKind(path), !kind.isFolder else { return [.log(input)] }
            guard kind.isRegular else { return try found(inPipe: LogFile(path: path, progress: progress), input) }
            guard beginsPartial(path) else { return [.log(input)] }
            let source = try UnpackedSource(try LogFile(path: path, progress: progress))
            return try PartialFile.pieces(of: source, name: path).map(QueuedInput.piece)
        }
    }

    private static func found(
        inPipe file: consuming LogFile, _ input: LogInput
    ) throws(LogReadError) -> [QueuedInput] {
        let source = try PeekedSource(DescriptorSource(file), count: PartialLine.marker.count)
        guard PartialLine.begins(source.firstBytes) else { return [.pipe(input, Handover(source))] }
        return try PartialFile.pieces(of: source, name: input.name).map(QueuedInput.piece)
    }

    /// Whether a regular file begins like a partial, packed or not. Of one that cannot be read it is false: reading it
    /// as a log says why.
    static func beginsPartial(_ path: String) -> Bool {
        do throws(LogReadError) {
            let source = try UnpackedSource(try LogFile(path: path))
            return PartialLine.begins(try PeekedSource(source, count: PartialLine.marker.count).firstBytes)
        } catch {
            return false
        }
    }
}

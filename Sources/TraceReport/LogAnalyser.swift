import TraceLog

/// Reads logs and ranks the functions recorded in them.
///
/// Logs may be given in any order: the files of a rotated set, logs of several processes, one log twice. Memory grows
/// with the number of distinct paths, never with the size of a log, and is bounded by ``Limits``.
///
/// ```swift
/// var analyser = LogAnalyser()
/// try analyser.read(.file("server.log"))
/// print(TextRenderer(width: 100).render(analyser.report()))
/// ```
public struct LogAnalyser: Sendable {
    /// What was read.
    var model: LogModel
    private var firstLine: [UInt8] = []
    private let limits: Limits
    private let parts: Parts
    /// Is told of every byte of a file that is read.
    public var progress: ReadProgress?
    /// What was recorded beside the logs, joined to their spans.
    public var evidence = Evidence()
    /// The ring files that killed processes left beside the logs.
    public var leftRings: [LeftRing] = []

    /// How a log is split between threads.
    package struct Parts: Sendable {
        /// The most parts.
        package var count: Int
        /// The smallest part, bytes.
        package var minimumBytes: UInt64
        /// Whether the processor's widest vectors are used, where it has them.
        package var usesVectors = true
        /// How much is read at once, bytes.
        package var readBytes = LineBlocks.readBytes

        /// One part for each processor, of 4 MiB at least.
        package init(count: Int = processorCount(), minimumBytes: UInt64 = 4 << 20) {
            self.count = count
            self.minimumBytes = minimumBytes
        }
    }

    /// Makes an analyser that has read nothing.
    ///
    /// - Parameters:
    ///   - limits: how much of the logs is kept in memory.
    ///   - symbolSource: knows more of the code that samples were taken in than the logs do.
    ///   - clocks: has read the same logs, and knows which of their records are asked for; nil: all are.
    public init(
        limits: Limits = Limits(), symbolSource: (any SymbolSource)? = nil, clocks: ClockReader? = nil
    ) {
        self.init(limits: limits, symbolSource: symbolSource, clocks: clocks, parts: Parts())
    }

    /// Makes an analyser that splits logs in a given way.
    package init(
        limits: Limits = Limits(), symbolSource: (any SymbolSource)? = nil, clocks: ClockReader? = nil, parts: Parts
    ) {
        self.limits = limits
        self.parts = parts
        model = LogModel(limits: limits, symbolSource: symbolSource, clocks: clocks)
    }

    /// Reads a log to its end, in blocks, or the ring file of a process that was killed. A large file is read by all
    /// processors at once, each a part of it; one packed by gzip or zstd is unpacked by one, and looked through by another.
    /// A partial stands for the logs it was written of, see ``Partial``.
    ///
    /// - Throws: ``LogReadError`` where the input cannot be opened or read; what was read until then stays counted.
    public mutating func read(_ input: LogInput) throws(LogReadError) { try read([input]) }

    /// Reads a log, which is no partial.
    private mutating func read(log input: LogInput) throws(LogReadError) {
        model.inputs.append(InputSummary(file: input.name))
        switch input {
        case .file(let path):
            if let lines = try RingLog.lines(ofFile: path) { return try read(lines) }
            let file = try LogFile(path: path, progress: progress)
            guard let size = file.size else {
                return try read(stream: PeekedSource(DescriptorSource(file), count: Compression.magicBytes))
            }
            let progress = progress
            if let compression = try file.compression() {
                return try readUnpacked(compression) { () throws(LogReadError) in
                    DescriptorSource(try LogFile(path: path, progress: progress), from: 0)
                }
            }
            try readParts(ofSize: size) { range throws(LogReadError) in
                DescriptorSource(
                    try LogFile(path: path, progress: progress), from: LineBlocks.firstByte(of: range))
            }
        case .standardInput:
            try read(
                stream: PeekedSource(DescriptorSource(LogFile(progress: progress)), count: Compression.magicBytes))
        case .bytes(let bytes, _): try read(bytes)
        }
    }

    /// Reads logs and partials, with the same result as ``read(_:)`` of each log, in the order of their names. Packed
    /// and small files are read by as many processors as there are, each a file.
    ///
    /// - Throws: ``LogReadError`` for the first that cannot be opened or read; what was read until then stays counted.
    public mutating func read(_ inputs: [LogInput]) throws(LogReadError) {
        try read(queue: QueuedInput.queue(inputs, progress))
    }

    /// Reads what stands in a queue, in its order.
    mutating func read(queue: [QueuedInput]) throws(LogReadError) {
        if queue.contains(where: \.isPiece) {
            let partial = try Partial(of: queue, limits, progress)
            for piece in LogPiece.placed(partial.pieces, from: model.inputs.count) { try take(piece) }
            return
        }
        var rest = queue[...]
        while let first = rest.first {
            let logs = rest.prefix { $0.log != nil }.compactMap(\.log)
            if case .pipe(let input, let source) = first { try readPipe(input, source) }
            try read(logs: logs)
            rest = rest.dropFirst(max(1, logs.count))
        }
    }

    /// What was read of the only log.
    var piece: LogPiece { LogPiece(model, firstLine: firstLine) }

    /// Makes an analyser for a log of whose records some came before in others, by session.
    init(limits: Limits, cameBefore: [UInt64: SequenceSet]) {
        self.init(limits: limits, parts: Parts(count: 1))
        model = LogModel(limits: limits, symbolSource: nil, cameBefore: cameBefore)
    }

    private mutating func take(_ piece: LogPiece) throws(LogReadError) {
        try model.take(piece)
        if firstLine.isEmpty { firstLine = piece.firstLine }
    }

    private mutating func read(logs: [LogInput]) throws(LogReadError) {
        var rest = logs[...]
        while let first = rest.first {
            let together = rest.prefix(parts.count).prefix {
                $0.isForOneProcessor(smallerThan: 2 * parts.minimumBytes)
            }
            if together.count > 1 { try read(together: Array(together)) } else { try read(log: first) }
            rest = rest.dropFirst(max(1, together.count))
        }
    }

    /// Returns what the logs read so far say.
    ///
    /// - Parameters:
    ///   - key: what the functions are sorted by, largest first.
    ///   - samples: which samples of stacks are taken.
    ///   - selection: which part of the logs it is of.
    /// - Returns: the report; computing it takes time in proportion to the number of paths and of sampled stacks.
    public func report(
        sortedBy key: SortKey = .selfTime, samples: SampleSelection = SampleSelection(),
        selection: ReportSelection = ReportSelection()
    ) -> Report {
        var report = ReportBuilder(
            inputs: model.inputs, sessions: model.sessions, sortedBy: key,
            samples: samples, selection: selection, evidence: evidence,
            limits: limits
        ).report()
        report.stretch = model.stretch
        report.leftRings = leftRings
        return report
    }

    /// The objects of code that samples were taken in, of all sessions, in no order.
    public var modules: [ModuleRecord] { model.sessions.flatMap { $0.symbols.modules.values } }

    /// The first bytes of the first line that is not empty, to show what a log without records looks like.
    public var sampleOfFirstLine: [UInt8] { firstLine }

    private mutating func read(_ bytes: [UInt8]) throws(LogReadError) {
        try readParts(ofSize: UInt64(bytes.count)) { range throws(LogReadError) in
            MemorySource(bytes, from: LineBlocks.firstByte(of: range))
        }
    }

    /// Reads what comes in order and once only.
    private mutating func read(stream: consuming PeekedSource<DescriptorSource>) throws(LogReadError) {
        var source = stream
        guard let compression = Compression(firstBytes: source.firstBytes) else {
            return try readPart(&source, .all, input: model.inputs.count - 1, at: 0)
        }
        let handover = Handover(source)
        try readUnpacked(compression) { () throws(LogReadError) in HandedSource(handover.take()) }
    }

    private mutating func readPipe(
        _ input: LogInput, _ handover: Handover<PeekedSource<DescriptorSource>>
    ) throws(LogReadError) {
        model.inputs.append(InputSummary(file: input.name))
        if let source = handover.take() { try read(stream: source) }
    }

    /// Reads a packed log, which another thread unpacks.
    private mutating func readUnpacked<Source: ByteSource & SendableMetatype & ~Copyable>(
        _ compression: Compression, from source: @escaping @Sendable () throws(LogReadError) -> Source
    ) throws(LogReadError) {
        let end = PackedEndCell()
        let name = model.inputs[model.inputs.count - 1].file
        var unpacked = ReadAhead { () throws(LogReadError) in
            UnpackedSource(try source(), compression, name: name, end: end)
        }
        defer { model.inputs[model.inputs.count - 1].take(end.value) }
        try readPart(&unpacked, .all, input: model.inputs.count - 1, at: 0)
    }

    /// Reads files at once, each whole.
    private mutating func read(together inputs: [LogInput]) throws(LogReadError) {
        let firstInput = model.inputs.count
        model.inputs += inputs.map { InputSummary(file: $0.name) }
        // The first goes on with what was read before; the others begin anew, and are added in order.
        let empty = model.empty()
        let first = model
        model = empty
        let (progress, parts) = (progress, parts)
        let results = concurrently(inputs.count) { index in
            PartResult(
                file: inputs[index], progress,
                PartReader(model: index == 0 ? first : empty, input: firstInput + index, parts: parts))
        }
        take(results) { analyser, index in
            let reader = PartReader(model: analyser.model, input: firstInput + index, parts: analyser.parts)
            analyser.take(PartResult(file: inputs[index], nil, reader))
        }
        for (index, result) in results.enumerated() { model.inputs[firstInput + index].take(result.end) }
        if let error = results.lazy.compactMap(\.error).first { throw error }
    }

    /// Reads a log of known size, in parts at once where it is large.
    private mutating func readParts<Source: ByteSource & SendableMetatype & ~Copyable>(
        ofSize size: UInt64, source: @Sendable (LogRange) throws(LogReadError) -> Source
    ) throws(LogReadError) {
        try read(.all, ofSize: size, input: model.inputs.count - 1, source: source)
    }

    /// Reads a stretch of an input, in parts at once where it is large.
    ///
    /// - Parameters:
    ///   - stretch: What is read.
    ///   - size: How many bytes there are in it.
    ///   - source: Opens the input at ``LineBlocks/firstByte(of:)`` of a part.
    mutating func read<Source: ByteSource & SendableMetatype & ~Copyable>(
        _ stretch: LogRange, ofSize size: UInt64, input: Int,
        source: @Sendable (LogRange) throws(LogReadError) -> Source
    ) throws(LogReadError) {
        // An input that is followed may have been in other files before.
        let before = model.inputs[input].bytes
        let ranges = stretch.split(size, into: parts.count, minimum: parts.minimumBytes)
        guard ranges.count > 1 else {
            var whole = try source(stretch)
            return try readPart(&whole, stretch, input: input, at: before)
        }
        // The first part goes on with what was read before; the others begin anew, and are added in order.
        let empty = model.empty()
        let first = model
        model = empty
        let parts = parts
        let positions = ranges.map { before + ($0.start - stretch.start) }
        let results = concurrently(ranges.count) { index in
            var reader = PartReader(model: index == 0 ? first : empty, input: input, parts: parts)
            do throws(LogReadError) {
                var part = try source(ranges[index])
                try reader.read(&part, ranges[index], at: positions[index])
                return PartResult(reader, nil)
            } catch {
                return PartResult(reader, error)
            }
        }
        try take(results) { analyser, index throws(LogReadError) in
            var part = try source(ranges[index])
            try analyser.readPart(&part, ranges[index], input: input, at: positions[index])
        }
        if let error = results.lazy.compactMap(\.error).first { throw error }
    }

    private mutating func readPart(
        _ source: inout some ByteSource & ~Copyable, _ range: LogRange, input: Int, at position: UInt64
    ) throws(LogReadError) {
        var reader = PartReader(model: model, input: input, parts: parts)
        let result = Result { () throws(LogReadError) in try reader.read(&source, range, at: position) }
        take(PartResult(reader, nil))
        try result.get()
    }

    private mutating func take(_ result: PartResult) {
        model = result.model
        if firstLine.isEmpty { firstLine = result.firstLine }
    }

    /// Takes parts that were read at once, the first of which went on with what was read before. One with records that came before
    /// is read again, and these are passed over one by one.
    private mutating func take<Failure: Error>(
        _ results: [PartResult], readAgain: (inout LogAnalyser, Int) throws(Failure) -> Void
    ) throws(Failure) {
        take(results[0])
        for (index, result) in results.enumerated().dropFirst() {
            if model.overlaps(result.model) {
                try readAgain(&self, index)
            } else {
                model.merge(result.model)
                if firstLine.isEmpty { firstLine = result.firstLine }
            }
        }
    }
}

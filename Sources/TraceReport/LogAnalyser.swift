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
public struct LogAnalyser {
    private var inputs: [InputSummary] = []
    private var sessions: [SessionModel] = []
    private var indexOfSession: [UInt64: Int] = [:]
    private var lastSession: Int?
    private var budget: ModelBudget
    private let limits: Limits
    private var firstLine: [UInt8] = []

    private let symbolSource: (any SymbolSource)?

    /// Makes an analyser that has read nothing.
    ///
    /// - Parameters:
    ///   - limits: how much of the logs is kept in memory.
    ///   - symbolSource: knows more of the code that samples were taken in than the logs do.
    public init(limits: Limits = Limits(), symbolSource: (any SymbolSource)? = nil) {
        self.limits = limits
        self.symbolSource = symbolSource
        budget = ModelBudget(limits)
    }

    /// Reads a log to its end, in blocks of 1 MiB, or the ring file of a process that was killed.
    ///
    /// - Throws: ``LogReadError`` where the input cannot be opened or read; what was read until then stays counted.
    public mutating func read(_ input: LogInput) throws(LogReadError) {
        inputs.append(InputSummary(file: input.name))
        switch input {
        case .file(let path):
            if let lines = try RingLog.lines(ofFile: path) {
                var source = MemorySource(lines)
                return try read(&source)
            }
            var source = try DescriptorSource(path: path)
            try read(&source)
        case .standardInput:
            var source = DescriptorSource()
            try read(&source)
        case .bytes(let bytes, _):
            var source = MemorySource(bytes)
            try read(&source)
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
        ReportBuilder(
            inputs: inputs, sessions: sessions, sortedBy: key, samples: samples, selection: selection, limits: limits
        ).report()
    }

    /// The objects of code that samples were taken in, of all sessions, in no order.
    public var modules: [ModuleRecord] { sessions.flatMap { $0.symbols.modules.values } }

    /// The first bytes of the first line that is not empty, to show what a log without records looks like.
    public var sampleOfFirstLine: [UInt8] { firstLine }

    private mutating func read(_ source: inout some ByteSource & ~Copyable) throws(LogReadError) {
        let index = inputs.count - 1
        var reader = LineReader()
        defer {
            inputs[index].bytes = reader.bytes
            inputs[index].lines = reader.lines
            inputs[index].overlong = reader.overlongLines
        }
        try reader.forEachLine(of: &source) { line in
            if firstLine.isEmpty { firstLine = Array(line.bytes.prefix(120)) }
            take(line, input: index)
        }
    }

    private mutating func take(_ line: LogLine, input: Int) {
        switch RecordDecoder.decode(line.bytes) {
        case .foreign: break
        case .record(let header, let record): take(record, header, input: input)
        case .unknownKind(let header):
            inputs[input].unknownKinds += 1
            if let session = session(header.session, input: input) {
                _ = sessions[session].sequences.insert(header.sequence)
            }
        case .damaged:
            if line.isFinished { inputs[input].damaged += 1 } else { inputs[input].unfinished += 1 }
        }
    }

    private mutating func take(_ record: Record, _ header: RecordHeader, input: Int) {
        guard let session = session(header.session, input: input) else {
            inputs[input].beyondLimits += 1
            return
        }
        guard sessions[session].sequences.insert(header.sequence) else {
            inputs[input].duplicates += 1
            return
        }
        guard sessions[session].take(record, sequence: header.sequence, budget: &budget) else {
            inputs[input].beyondLimits += 1
            return
        }
        sessions[session].recordsByInput[input, default: 0] += 1
    }

    /// Returns the session's index; nil where there is no room for a further one.
    private mutating func session(_ tag: UInt64, input: Int) -> Int? {
        if let lastSession, sessions[lastSession].tag == tag { return lastSession }
        if let known = indexOfSession[tag] {
            lastSession = known
            return known
        }
        guard sessions.count < limits.sessions else { return nil }
        sessions.append(SessionModel(tag: tag, firstInput: input, symbolSource: symbolSource))
        indexOfSession[tag] = sessions.count - 1
        lastSession = sessions.count - 1
        return lastSession
    }
}

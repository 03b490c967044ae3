import TraceLog

/// What logs say, session by session.
struct LogModel: Sendable {
    /// The logs, in the order they were read.
    var inputs: [InputSummary] = []
    /// The sessions, in the order they were first met.
    private(set) var sessions: [SessionModel] = []
    private var indexOfSession: [UInt64: Int] = [:]
    private var lastSession: Int?
    private(set) var budget: ModelBudget
    private let limits: Limits
    private let symbolSource: (any SymbolSource)?
    private let clocks: ClockReader?
    /// The numbers of records that came before in logs that are not here, by session.
    private let cameBefore: [UInt64: SequenceSet]

    /// - Parameters:
    ///   - clocks: knows which records are asked for; nil: all are.
    ///   - cameBefore: the numbers of records that are duplicates wherever they come, by session.
    init(
        limits: Limits, symbolSource: (any SymbolSource)?, clocks: ClockReader? = nil,
        cameBefore: [UInt64: SequenceSet] = [:]
    ) {
        self.limits = limits
        self.symbolSource = symbolSource
        self.clocks = clocks
        self.cameBefore = cameBefore
        budget = ModelBudget(limits)
    }

    /// The stretch of time whose records are asked for.
    var stretch: TimeStretch { clocks?.stretch ?? TimeStretch() }

    /// Returns a model of the same bounds and the same inputs that has read nothing.
    func empty() -> LogModel {
        var empty = LogModel(limits: limits, symbolSource: symbolSource, clocks: clocks)
        empty.inputs = inputs.map { InputSummary(file: $0.file) }
        return empty
    }

    /// Tells that what follows stands in another place of the logs.
    mutating func beginPart() {
        for index in sessions.indices { sessions[index].beginPart() }
    }

    /// Tells that a stretch of a log has been read to its end.
    mutating func endPart() {
        for index in sessions.indices { sessions[index].endPart(budget: &budget) }
    }

    /// Takes a line that holds the marker. Returns the session of a record that was taken in.
    @discardableResult
    mutating func take(_ line: DecodedLine, isFinished: Bool, input: Int) -> Int? {
        switch line {
        case .foreign: break
        case .record(let header, let record): return take(record, header, input: input)
        case .unknownKind(let header):
            inputs[input].unknownKinds += 1
            if let session = session(header.session, input: input) {
                _ = sessions[session].sequences.insert(header.sequence)
            }
        case .damaged:
            if isFinished { inputs[input].damaged += 1 } else { inputs[input].unfinished += 1 }
        }
        return nil
    }

    /// Takes in where a record stands that was taken, and of an announcement what its line says.
    mutating func take(_ place: SessionOrigin.Place, _ channel: LineChannel?, ofSession session: Int) {
        if let channel {
            sessions[session].origin.take(place, channel)
        } else {
            sessions[session].origin.take(place)
        }
    }

    /// Adds finished spans of a path, whose numbers were put into the session's set one by one.
    mutating func add(_ spans: PathSpans, path: UInt64, session: Int, input: Int) {
        if sessions[session].add(spans, path: path, budget: &budget) {
            sessions[session].recordsByInput[input, default: 0] += spans.counters.count
        } else {
            inputs[input].beyondLimits += spans.counters.count
        }
    }

    /// Adds the durations of spans that were added without them.
    mutating func add(_ durations: BucketCounts, path: UInt64, session: Int) {
        sessions[session].add(durations, path: path, budget: &budget)
    }

    /// Counts records that are whole and not asked for.
    mutating func countOutside(_ records: UInt64, session: Int, input: Int) {
        if records > 0 { sessions[session].recordsByInput[input, default: 0] += records }
    }

    /// Changes the set of numbers seen of a session.
    mutating func withSequences<Result>(ofSession session: Int, _ body: (inout SequenceSet) -> Result) -> Result {
        body(&sessions[session].sequences)
    }

    /// Takes finished spans for so many times as many: of a part of the logs, for all of them.
    mutating func scaleSpans(by factor: Double) {
        for index in sessions.indices { sessions[index].scaleSpans(by: factor) }
    }

    /// Returns the session's index; nil where there is no room for a further one.
    mutating func session(_ tag: UInt64, input: Int) -> Int? {
        if let lastSession, sessions[lastSession].tag == tag { return lastSession }
        if let known = indexOfSession[tag] {
            lastSession = known
            return known
        }
        guard sessions.count < limits.sessions else { return nil }
        sessions.append(
            SessionModel(
                tag: tag, firstInput: input, symbolSource: symbolSource, bounds: clocks?.bounds(of: tag) ?? .all))
        if let numbers = cameBefore[tag] { sessions[sessions.count - 1].sequences = numbers }
        indexOfSession[tag] = sessions.count - 1
        lastSession = sessions.count - 1
        return lastSession
    }

    /// Whether some record of `other` is here already.
    func overlaps(_ other: LogModel) -> Bool {
        other.sessions.contains { theirs in
            indexOfSession[theirs.tag].map { sessions[$0].sequences.overlaps(theirs.sequences) } ?? false
        }
    }

    /// Takes what another part of the logs says, of which no record is here already.
    mutating func merge(_ other: LogModel) {
        for input in inputs.indices { inputs[input].add(other.inputs[input]) }
        for theirs in other.sessions {
            merge(theirs)
        }
    }

    /// Returns what was read without the numbers of records that came before.
    func withoutBefore() -> [SessionModel] {
        sessions.compactMap { session in
            guard let before = cameBefore[session.tag] else { return session }
            var session = session
            session.sequences = session.sequences.subtracting(before)
            return session.sequences.distinct > 0 ? session : nil
        }
    }

    /// Takes what was read of another log: ``LogPiece/placed(_:from:)`` says which input it is.
    ///
    /// - Throws: ``LogReadError`` where it cannot be told how much of it came before, or a stretch of time is asked
    ///   for.
    mutating func take(_ piece: LogPiece) throws(LogReadError) {
        let name = piece.input.file
        guard stretch.isEverything else {
            throw LogReadError(
                name: name, reason: "it was read into a partial, which knows no stretch of time; give the log itself")
        }
        let input = inputs.count
        inputs.append(piece.input)
        for theirs in piece.sessions {
            if let known = indexOfSession[theirs.tag], sessions[known].sequences.overlaps(theirs.sequences) {
                guard sessions[known].sequences.isSuperset(of: theirs.sequences) else {
                    throw LogReadError(
                        name: name,
                        reason: "a part of its records came before in another log of the same process, and a partial "
                            + "does not say which; write one partial of both logs")
                }
                inputs[input].duplicates += theirs.recordCount
            } else {
                merge(theirs)
            }
        }
    }

    private mutating func merge(_ theirs: SessionModel) {
        guard let index = session(theirs.tag, input: theirs.firstInput) else {
            for (input, records) in theirs.recordsByInput { inputs[input].beyondLimits += records }
            return
        }
        sessions[index].sequences.formUnion(theirs.sequences)
        inputs[theirs.firstInput].beyondLimits += sessions[index].merge(theirs, budget: &budget)
        sessions[index].endPart(budget: &budget)
    }

    private mutating func take(_ record: Record, _ header: RecordHeader, input: Int) -> Int? {
        guard let session = session(header.session, input: input) else {
            inputs[input].beyondLimits += 1
            return nil
        }
        guard sessions[session].sequences.insert(header.sequence) else {
            inputs[input].duplicates += 1
            return nil
        }
        guard sessions[session].take(record, sequence: header.sequence, budget: &budget) else {
            inputs[input].beyondLimits += 1
            return nil
        }
        sessions[session].recordsByInput[input, default: 0] += 1
        return session
    }
}

extension InputSummary {
    /// Adds what was counted in another part of the same log.
    mutating func add(_ other: InputSummary) {
        bytes += other.bytes
        lines += other.lines
        damaged += other.damaged
        duplicates += other.duplicates
        unknownKinds += other.unknownKinds
        beyondLimits += other.beyondLimits
        overlong += other.overlong
        unfinished += other.unfinished
    }
}

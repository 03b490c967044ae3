/// What one log says: of every session in it, what a model keeps. It is read again and again where logs of many
/// machines are joined, and never changes.
struct LogPiece: Sendable {
    /// The log.
    var input: InputSummary
    /// The sessions, in the order they were first met.
    var sessions: [SessionModel]
    /// The first bytes of the first line that is not empty.
    private(set) var firstLine: [UInt8]

    /// Takes what was read of one log.
    init(_ model: LogModel, firstLine: [UInt8]) {
        precondition(model.inputs.count == 1, "a piece is of one log")
        input = model.inputs[0]
        sessions = model.withoutBefore()
        self.firstLine = firstLine
    }

    private init() {
        input = .blank
        sessions = []
        firstLine = []
    }

    /// Its bytes, the same for all that say the same.
    func encoded() -> [UInt8] { PartialCarrier.bytes(of: self) }
}

extension LogPiece: CarriedByMembers {
    static var blank: LogPiece { LogPiece() }

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&input)
        try carrier(&sessions)
        try carrier.require(Set(sessions.map(\.tag)).count == sessions.count, "a session comes twice")
        firstLine = Array(try carrier.text(firstLine))
    }
}

extension InputSummary: CarriedByMembers {
    static let blank = InputSummary(file: "")

    /// Far more than there is in a log; so much that no sum over a fleet's logs overflows.
    static let mostOfAPartial: UInt64 = 1 << 44

    /// What is counted while a log is read. What a report works out, of records that count and of those that are
    /// missing, is not carried.
    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&file)
        for counter in Self.counters {
            self[keyPath: counter] = try carrier.number(self[keyPath: counter])
            try carrier.require(self[keyPath: counter] <= Self.mostOfAPartial, "a log is too large")
        }
    }

    private static var counters: [WritableKeyPath<InputSummary, UInt64>] {
        [
            \.bytes, \.lines, \.damaged, \.duplicates, \.unknownKinds, \.beyondLimits, \.overlong, \.unfinished, \.cut,
            \.trailed,
        ]
    }
}

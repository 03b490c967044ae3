import TraceLog

/// Where in the logs a session's announcements, clocks and end stand, and what the lines they stand in say of who wrote them.
///
/// Everyone who gets a text into a log can announce a session of their own, which needs no secret. ``SessionDoubts`` looks for
/// what such a session cannot hide.
struct SessionOrigin: Sendable, Equatable {
    /// A place in the logs, in the order they were read.
    struct Place: Sendable, Equatable, Comparable {
        var input: Int
        /// About how many bytes before it, unpacked; in order.
        var position: UInt64

        static func < (left: Place, right: Place) -> Bool {
            (left.input, left.position) < (right.input, right.position)
        }
    }

    /// Where it was first announced.
    private(set) var announced: Place?
    /// What the line of that says.
    private(set) var channel: LineChannel?
    /// Where the first and the last of its announcements, clocks and end stand, by input.
    private(set) var stretches: [Int: ClosedRange<UInt64>] = [:]

    /// Whether records of this kind are told of.
    static func isToldBy(_ record: Record) -> Bool {
        switch record {
        case .session, .clock, .end: true
        default: false
        }
    }

    /// Takes a record's place in.
    mutating func take(_ place: Place) {
        add(place.position...place.position, in: place.input)
    }

    /// Takes an announcement's place in, and what its line says.
    mutating func take(_ place: Place, _ channel: LineChannel) {
        take(place)
        if announced.map({ place < $0 }) ?? true { (announced, self.channel) = (place, channel) }
    }

    /// Takes in what was read of another part of the logs.
    mutating func merge(_ other: SessionOrigin) {
        for (input, stretch) in other.stretches { add(stretch, in: input) }
        if let place = other.announced, let channel = other.channel { take(place, channel) }
    }

    private mutating func add(_ stretch: ClosedRange<UInt64>, in input: Int) {
        stretches[input] = .union(stretches[input], stretch)
    }
}

extension SessionOrigin: CarriedByMembers {
    static let blank = SessionOrigin()

    /// Of a session that stands in one input.
    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        var position = announced?.position
        try carrier(&position)
        try carrier(&channel)
        var ends = stretches.values.first.map { [$0.lowerBound, $0.upperBound] } ?? []
        try carrier(&ends)
        guard carrier.isReading else { return }
        try carrier.require(ends.isEmpty || ends.count == 2 && ends[0] <= ends[1], "a stretch of lines has two ends")
        announced = position.map { Place(input: 0, position: $0) }
        if !ends.isEmpty { stretches = [0: ends[0]...ends[1]] }
    }

    /// Returns the same of a session whose lines stand in another input.
    func placed(in input: Int) -> SessionOrigin {
        var origin = self
        origin.announced?.input = input
        if let stretch = stretches.values.first { origin.stretches = [input: stretch] }
        return origin
    }
}

extension LineChannel: Carried {
    static func carried(_ value: LineChannel?, by carrier: inout PartialCarrier) throws(PartialError) -> LineChannel {
        LineChannel(
            writer: try UInt64?.carried(value?.writer, by: &carrier), pid: try UInt64?.carried(value?.pid, by: &carrier)
        )
    }
}

import REDEvents
import SeededRandom
import WallClock

/// Random events, and how many of them a query counts, one by one.
package struct EventSamples {
    package var numbers: SeededGenerator
    /// The first moment of events, in milliseconds.
    package let start: Int64
    /// How long the interval is that they are in, in milliseconds.
    package let length: Int64
    package let clients: [String]

    package init(
        seed: UInt64, start: Int64 = 1_735_689_600_000, length: Int64 = 400 * 86_400_000,
        clients: [String] = ["alice", "bob", "caf\u{E9}", "cafe\u{301}", "d'e\"f\\g; DROP TABLE event --"]
    ) {
        numbers = SeededGenerator(seed: seed)
        self.start = start
        self.length = length
        self.clients = clients
    }

    /// An event; its id is one's own.
    package mutating func event(_ id: Int) throws -> MeasuredEvent {
        try event(id, time: start + Int64.random(in: 0..<length, using: &numbers))
    }

    /// An event at a moment.
    package mutating func event(_ id: Int, time: Int64) throws -> MeasuredEvent {
        let isTraced = numbers.next() % 2 == 0
        return try MeasuredEvent(
            id: "event-\(id)", source: "red/host-\(id % 3)", client: clients.randomElement(using: &numbers) ?? "",
            time: Timestamp(milliseconds: time), red: red(), image: "image-\(id)", pixels: 12, width: 4, height: 3,
            traceParent: isTraced ? "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" : nil)
    }

    /// Mostly anything, sometimes what many pictures have, and the ends.
    private mutating func red() -> Int {
        switch numbers.next() % 8 {
        case 0: [0, 1, 250_000, 999_999, 1_000_000].randomElement(using: &numbers) ?? 0
        case 1, 2: Int.random(in: 93_000...93_200, using: &numbers)
        default: Int.random(in: 0...1_000_000, using: &numbers)
        }
    }

    /// A moment within the interval of the events, or a little beside it; often one where something begins.
    package mutating func moment() -> Int64 {
        let moment = start - 86_400_000 + Int64.random(in: 0..<(length + 2 * 86_400_000), using: &numbers)
        let unit: Int64 = [1, 1, 1_000, 60_000, 3_600_000, 86_400_000].randomElement(using: &numbers) ?? 1
        return moment / unit * unit
    }
}

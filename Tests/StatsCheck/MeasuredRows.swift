import Foundation
import REDEvents
import SeededRandom
import StatsSamples
import WallClock

/// The events that are measured with: a year of them in the order of their times, of some clients.
struct MeasuredRows {
    let count: Int
    let clients: Int
    /// Whether ids are random as a whole, the worst there is for an index, and do not begin with the time.
    var hasRandomIDs = false
    /// The first moment, in milliseconds: 2025-01-01.
    static let start: Int64 = 1_735_689_600_000
    /// A year of 365 days, in milliseconds.
    static let length: Int64 = 365 * 86_400_000

    /// The events from one number to another.
    func events(_ range: Range<Int>) throws -> [MeasuredEvent] { try range.map(event) }

    /// One event, the same for the same number.
    func event(_ number: Int) throws -> MeasuredEvent {
        var numbers = SeededGenerator(seed: UInt64(number) &* 0x5851_F42D_4C95_7F2D)
        let time = Self.start + Int64(number) * Self.length / Int64(count)
        let id =
            hasRandomIDs
            ? [numbers.next(), numbers.next()].map(Self.digits).joined()
            : MeasuredEvent.makeID(at: Timestamp(milliseconds: time), using: &numbers)
        return try MeasuredEvent(
            id: id, source: "red/host-1", client: client(Int(numbers.next() % UInt64(clients))),
            time: Timestamp(milliseconds: time), red: Int(numbers.next() % 1_000_001), image: id, pixels: 1_920_000,
            width: 1_600, height: 1_200)
    }

    func client(_ number: Int) -> String { "client-\(number)" }

    private static func digits(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Writes the events as lines of comma-separated values.
    func write(to path: String) throws {
        try Data().write(to: URL(fileURLWithPath: path))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        for start in stride(from: 0, to: count, by: 50_000) {
            var text = ""
            for event in try events(start..<min(count, start + 50_000)) {
                text += "\(event.id),\(event.source),\(event.client),\(event.time.milliseconds),\(event.red),"
                text += "\(event.image),\(event.pixels),\(event.width),\(event.height)\n"
            }
            try file.write(contentsOf: Data(text.utf8))
        }
        try file.close()
    }
}

/// How long things took.
struct Times {
    private(set) var seconds: [Double] = []

    mutating func add(_ duration: Duration) { seconds.append(duration / .seconds(1)) }

    /// A percentile, 0…100, in milliseconds; not of nothing.
    subscript(percentile: Double) -> Double {
        let sorted = seconds.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * percentile / 100))] * 1_000
    }

    var summary: String { String(format: "p50 %.2f ms, p99 %.2f ms, longest %.2f ms", self[50], self[99], self[100]) }
}

/// How many pictures there were of each value of red that there was: exact, and in order.
///
/// As bytes: for each value, the distance from the one before, from 0 at first, times two, plus one if there are
/// several, as a LEB128 number; then, if there are several, how many. A dense histogram takes about a byte a value.
struct RedHistogram: Sendable, Equatable {
    /// The values, ascending, and how many there are of each, 1 or more.
    private(set) var entries: [(red: Int, count: Int)] = []

    static func == (left: RedHistogram, right: RedHistogram) -> Bool {
        left.entries.elementsEqual(right.entries, by: ==)
    }

    /// No pictures.
    init() {}

    /// Of values in any order.
    init(_ values: [Int]) {
        for red in values.sorted() {
            if let last = entries.last, last.red == red {
                entries[entries.count - 1].count += 1
            } else {
                entries.append((red, 1))
            }
        }
    }

    /// Of entries in order.
    init(entries: some Sequence<(red: Int, count: Int)>) { self.entries = Array(entries) }

    /// Reads what ``bytes`` wrote.
    ///
    /// - Throws: ``DamagedRollup`` where something else did.
    init(bytes: some Collection<UInt8>) throws(DamagedRollup) {
        var entries: [(red: Int, count: Int)] = []
        entries.reserveCapacity(bytes.count)
        try Self.forEach(bytes) { entries.append(($0, $1)) }
        self.entries = entries
    }

    /// The histogram as bytes.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * 2)
        var last = 0
        for entry in entries {
            LEB128Reader.append((entry.red - last) << 1 | (entry.count > 1 ? 1 : 0), to: &bytes)
            if entry.count > 1 { LEB128Reader.append(entry.count, to: &bytes) }
            last = entry.red
        }
        return bytes
    }

    /// How many there are, and how many of them are above a value, of the histogram that bytes say.
    ///
    /// Cost: a nanosecond or two a value; nothing is allocated.
    static func count(_ bytes: some Collection<UInt8>, above: Int) throws(DamagedRollup) -> (all: Int, above: Int) {
        var all = 0
        var many = 0
        try forEach(bytes) { red, count in
            all += count
            if red > above { many += count }
        }
        return (all, many)
    }

    /// Goes through the values, and how many there are of each, of the histogram that bytes say.
    @inline(__always)
    static func forEach(
        _ bytes: some Collection<UInt8>, _ body: (_ red: Int, _ count: Int) -> Void
    ) throws(DamagedRollup) {
        var reader = LEB128Reader(bytes)
        var red = 0
        while !reader.isAtEnd {
            let head = try reader.next()
            red += head >> 1
            body(red, head & 1 == 1 ? try reader.next() : 1)
        }
    }

    /// Adds what another one counts.
    mutating func add(_ other: RedHistogram) {
        var sum: [(red: Int, count: Int)] = []
        sum.reserveCapacity(entries.count + other.entries.count)
        var rest = other.entries[...]
        for entry in entries {
            while let first = rest.first, first.red < entry.red {
                sum.append(first)
                rest = rest.dropFirst()
            }
            if let first = rest.first, first.red == entry.red {
                sum.append((entry.red, entry.count + first.count))
                rest = rest.dropFirst()
            } else {
                sum.append(entry)
            }
        }
        entries = sum + rest
    }

    /// How many pictures there are.
    var count: Int { entries.reduce(0) { $0 + $1.count } }
}

/// A row of the rollups that this program did not write, or that was damaged.
struct DamagedRollup: Error, CustomStringConvertible {
    var description: String { "a rollup is damaged; 're-roll' its interval to build it from the events again" }
}

/// Reads numbers of 7 bits a byte, the lowest first.
struct LEB128Reader<Bytes: Collection<UInt8>> {
    private let bytes: Bytes
    private var place: Bytes.Index

    init(_ bytes: Bytes) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    var isAtEnd: Bool { place == bytes.endIndex }

    mutating func next() throws(DamagedRollup) -> Int {
        var value = 0
        var shift = 0
        while place != bytes.endIndex, shift < 56 {
            let byte = bytes[place]
            bytes.formIndex(after: &place)
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw DamagedRollup()
    }
}

extension LEB128Reader<[UInt8]> {
    static func append(_ value: Int, to bytes: inout [UInt8]) {
        var rest = UInt(value)
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Names a row of the rollups.
struct RollupKey: Sendable, Hashable {
    /// The client's number; ``everybody`` for all of them together.
    let client: Int64
    let level: RollupLevel
    /// Which part of the interval's pictures: ``whole``, one of ``ChunkWidth``, or ``page``.
    let chunk: Int
    /// The interval's number in its level; of a page the hour's.
    let slot: Int64

    /// The number that no client has: what all clients have together.
    static let everybody: Int64 = 0
    /// The row that every interval has which has pictures, see ``IntervalCounts``.
    static let whole = -1
    /// The row of all minutes of an hour, see ``HourPage``.
    static let page = -2

    /// The order of the rows in the database.
    static func isBefore(_ left: RollupKey, _ right: RollupKey) -> Bool {
        (left.client, left.level.rawValue, left.chunk, left.slot)
            < (right.client, right.level.rawValue, right.chunk, right.slot)
    }

    /// The row of a chunk of the same interval.
    func part(_ chunk: Int, _ width: ChunkWidth) -> RollupKey {
        RollupKey(client: client, level: level, chunk: width.firstNumber + chunk, slot: slot)
    }
}

/// A row of the rollups: the pictures of a client in an interval by their red.
struct RollupRow: Sendable, Equatable {
    /// How many pictures.
    var count: Int
    /// An ``IntervalCounts``, a ``RedHistogram`` or an ``HourPage``, see ``RollupKey/chunk``.
    var bytes: [UInt8]
}

/// How many values of red are in a chunk of an interval that has too many for one row.
enum ChunkWidth: UInt8, CaseIterable {
    case narrow = 1
    case wide = 2

    /// So many pictures are kept in wide chunks at most.
    static let mostInWide = 65_536

    private var values: Int {
        switch self {
        case .narrow: 2_048
        case .wide: 65_536
        }
    }

    /// The number that its first chunk has in ``RollupKey/chunk``.
    var firstNumber: Int {
        switch self {
        case .narrow: 0
        case .wide: 10_000
        }
    }

    /// The chunk that a value is in, from 0.
    func chunk(of red: Int) -> Int { red / values }

    /// How many chunks there are.
    var count: Int { chunk(of: 1_000_000) + 1 }
}

/// The row of a whole interval. Few values are all in it; where there are many, the counts of chunks are, and each chunk is
/// a row of its own, so that neither adding to it nor asking it touches more than little.
enum IntervalCounts: Equatable {
    case all(RedHistogram)
    /// How many pictures each chunk has; behind the last there are none.
    case chunks(ChunkWidth, [Int])

    /// So many values of red are kept in one row at most: some 2 kB, above which PostgreSQL keeps a value elsewhere.
    static let mostValues = 900

    init(_ bytes: [UInt8]) throws(DamagedRollup) {
        switch bytes.first {
        case 0?: self = .all(try RedHistogram(bytes: bytes.dropFirst()))
        case let first?:
            guard let width = ChunkWidth(rawValue: first) else { throw DamagedRollup() }
            var reader = LEB128Reader(bytes.dropFirst())
            var counts: [Int] = []
            while !reader.isAtEnd { counts.append(try reader.next()) }
            self = .chunks(width, counts)
        case nil: throw DamagedRollup()
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .all(let histogram): return [0] + histogram.bytes
        case .chunks(let width, let counts):
            var bytes: [UInt8] = [width.rawValue]
            for count in counts { LEB128Reader.append(count, to: &bytes) }
            return bytes
        }
    }

    /// How many pictures a row counts above a value; where it is kept in chunks, but for those in the value's own chunk.
    static func count(_ bytes: UnsafeRawBufferPointer, above: Int) throws(DamagedRollup) -> Int {
        guard let first = bytes.first else { throw DamagedRollup() }
        if first == 0 { return try RedHistogram.count(bytes.dropFirst(), above: above).above }
        guard let width = ChunkWidth(rawValue: first) else { throw DamagedRollup() }
        let own = width.chunk(of: above)
        var reader = LEB128Reader(bytes.dropFirst())
        var chunk = 0
        var many = 0
        while !reader.isAtEnd {
            let count = try reader.next()
            if chunk > own { many += count }
            chunk += 1
        }
        return many
    }
}

/// The row of all minutes of an hour. Where they have few pictures they are all in it, so that a minute with one picture
/// needs no row; where they have many, it says so only, and each minute is an interval with rows of its own.
enum HourPage: Equatable {
    /// Of each picture the minute of the hour, times 2^20, and its red.
    case all(RedHistogram)
    case minutes

    /// So many pairs of a minute and a value are kept in one row at most, some 2 kB.
    static let mostValues = 600
    private static let redBits = 20

    init(_ bytes: [UInt8]) throws(DamagedRollup) {
        switch bytes.first {
        case 0: self = .all(try RedHistogram(bytes: bytes.dropFirst()))
        case 1: self = .minutes
        default: throw DamagedRollup()
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .all(let histogram): [0] + histogram.bytes
        case .minutes: [1]
        }
    }

    /// What stands for a picture.
    static func value(minute: Int64, red: Int) -> Int { Int(minute % 60) << redBits | red }

    /// What ``value(minute:red:)`` was made of; the minute is that of the hour.
    static func parts(_ value: Int) -> (minute: Int64, red: Int) {
        (Int64(value >> redBits), value & (1 << redBits - 1))
    }
}

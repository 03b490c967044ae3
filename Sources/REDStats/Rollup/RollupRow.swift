/// Names a row of the rollups.
struct RollupKey: Sendable, Hashable {
    /// The client's number; ``everybody`` for all of them together.
    let client: Int64
    let level: RollupLevel
    /// Which part of the values of red: ``whole``, or from 0 one of ``ChunkedCounts``.
    let chunk: Int
    /// The interval's number in its level.
    let slot: Int64

    /// The number that no client has: what all clients have together.
    static let everybody: Int64 = 0
    /// The row of an interval that every interval with events has.
    static let whole = -1
    /// How many values of red a chunk has.
    static let chunkWidth = 2_048

    /// The chunk that a value is in.
    static func chunk(of red: Int) -> Int { red / chunkWidth }

    func part(_ chunk: Int) -> RollupKey { RollupKey(client: client, level: level, chunk: chunk, slot: slot) }
}

/// A row of the rollups: the pictures of a client in an interval by their red.
struct RollupRow: Sendable, Equatable {
    /// How many pictures.
    var count: Int
    /// Of a chunk: its ``RedHistogram``. Of the whole: an ``IntervalCounts``.
    var bytes: [UInt8]
}

/// The row of a whole interval. Few values are all in it; where there are many, the counts of the chunks are, and each
/// chunk is a row of its own, so that neither adding to it nor asking it touches more than little.
enum IntervalCounts: Equatable {
    case all(RedHistogram)
    /// How many pictures each chunk has; behind the last there are none.
    case chunks([Int])

    /// So many values of red are kept in one row at most.
    static let mostValues = 4_096

    init(_ bytes: [UInt8]) throws(DamagedRollup) {
        switch bytes.first {
        case 0: self = .all(try RedHistogram(bytes: bytes.dropFirst()))
        case 1:
            var reader = LEB128Reader(bytes.dropFirst())
            var counts: [Int] = []
            while !reader.isAtEnd { counts.append(try reader.next()) }
            self = .chunks(counts)
        default: throw DamagedRollup()
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .all(let histogram): return [0] + histogram.bytes
        case .chunks(let counts):
            var bytes: [UInt8] = [1]
            for count in counts { LEB128Reader.append(count, to: &bytes) }
            return bytes
        }
    }

    /// How many pictures a row counts above a value; where it is kept in chunks, but for those in the value's own chunk.
    static func count(_ bytes: UnsafeRawBufferPointer, above: Int) throws(DamagedRollup) -> Int {
        switch bytes.first {
        case 0: return try RedHistogram.count(bytes.dropFirst(), above: above).above
        case 1:
            var reader = LEB128Reader(bytes.dropFirst())
            var chunk = 0
            var many = 0
            while !reader.isAtEnd {
                let count = try reader.next()
                if chunk > RollupKey.chunk(of: above) { many += count }
                chunk += 1
            }
            return many
        default: throw DamagedRollup()
        }
    }
}

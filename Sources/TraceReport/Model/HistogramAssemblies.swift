import TraceLog

/// The histograms of one path that take several records, until all pieces of each came. Pieces may come in any order, and in
/// other parts of a log than the first one.
struct HistogramAssemblies {
    /// By the sequence number of the `stats` record, lowest first.
    private var assemblies: [Assembly] = []

    /// More are not kept. A whole log needs two: one begun in the part before, and one that goes on in the part behind.
    private static let maximum = 4

    /// Takes a piece in; returns the durations when it was the last one.
    ///
    /// - Parameters:
    ///   - part: which piece it is, from 1.
    ///   - parts: how many there are, which the first piece tells.
    ///   - base: the sequence number of the `stats` record.
    mutating func take(_ piece: DurationHistogram, part: UInt64, parts: UInt64?, base: UInt64) -> BucketCounts? {
        take(Assembly(base: base, parts: parts, seen: [part], durations: BucketCounts(piece)))
    }

    /// Takes the pieces that another part of the log has; returns the histograms that are whole by now.
    mutating func merge(_ other: HistogramAssemblies) -> [(base: UInt64, durations: BucketCounts)] {
        other.assemblies.compactMap { theirs in take(theirs).map { (theirs.base, $0) } }
    }

    private mutating func take(_ added: Assembly) -> BucketCounts? {
        let index = assemblies.firstIndex { $0.base >= added.base } ?? assemblies.count
        if index < assemblies.count, assemblies[index].base == added.base {
            assemblies[index].merge(added)
        } else {
            assemblies.insert(added, at: index)
        }
        if assemblies[index].isComplete { return assemblies.remove(at: index).durations }
        // The lowest may go on from the part before, the highest behind; what is between them has lost a piece.
        if assemblies.count > Self.maximum { assemblies.remove(at: 1) }
        return nil
    }
}

/// The pieces of a histogram that came.
private struct Assembly {
    /// The sequence number of the `stats` record.
    private(set) var base: UInt64
    var parts: UInt64?
    var seen: Set<UInt64>
    var durations: BucketCounts

    var isComplete: Bool { parts.map { UInt64(seen.count) >= $0 } ?? false }

    mutating func merge(_ other: Assembly) {
        parts = parts ?? other.parts
        guard seen.isDisjoint(with: other.seen) else { return }
        seen.formUnion(other.seen)
        durations.merge(other.durations)
    }
}

extension HistogramAssemblies: CarriedByMembers {
    static let blank = HistogramAssemblies()

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&assemblies)
        let isSorted = zip(assemblies, assemblies.dropFirst()).allSatisfy { $0.base < $1.base }
        try carrier.require(isSorted && assemblies.count <= Self.maximum, "pieces of histograms are not in order")
    }
}

extension Assembly: CarriedByMembers {
    static let blank = Assembly(base: 0, parts: nil, seen: [], durations: BucketCounts())

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&base)
        try carrier(&parts)
        try carrier(&seen)
        try carrier(&durations)
    }
}

/// The elements of an array: their hashes and where they begin, 12 bytes for each.
struct ElementList: Sendable {
    private(set) var hashes: [UInt64] = []
    private(set) var starts: [UInt32] = []

    var count: Int { starts.count }

    @inline(__always)
    mutating func append(_ hash: UInt64, at start: UInt32) {
        hashes.append(hash)
        starts.append(start)
    }

    /// Appends elements of another text, which in this one begin `distance` bytes further on.
    mutating func append(_ other: ElementList, _ range: Range<Int>, shiftedBy distance: Int) {
        hashes += other.hashes[range]
        starts += other.starts[range].lazy.map { UInt32(truncatingIfNeeded: Int($0) + distance) }
    }

    mutating func append(_ other: ElementList) {
        hashes += other.hashes
        starts += other.starts
    }

    /// The index of the first element that begins at an offset or behind it; ``count``: none does.
    func index(from offset: Int) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if Int(starts[middle]) < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

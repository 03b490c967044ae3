/// For each different element the positions where it is, first in, first out.
struct PositionQueues: ~Copyable {
    /// An entry's numbers are the ordinals of the first and the last position that wait.
    private var index: HashIndex
    private let positions: UnsafeMutablePointer<UInt32>
    /// For each position the ordinal of the next one of the same element, or ``HashIndex/many`` at the end.
    private let followers: UnsafeMutablePointer<UInt32>
    private var count = 0

    init(count: Int) {
        index = HashIndex(keys: count)
        index.reset(keys: count)
        positions = .allocate(capacity: count)
        followers = .allocate(capacity: count)
    }

    deinit {
        positions.deallocate()
        followers.deallocate()
    }

    /// Adds a position; its ordinal is the number of positions added before.
    mutating func add(_ position: Int, key: UInt64) {
        let ordinal = UInt32(truncatingIfNeeded: count)
        positions[count] = UInt32(truncatingIfNeeded: position)
        followers[count] = HashIndex.many
        count += 1
        let slot = index.slot(of: key)
        if index.entries[slot].first == HashIndex.none {
            index.entries[slot] = HashIndex.Entry(key: key, first: ordinal, second: ordinal)
        } else {
            followers[Int(index.entries[slot].second)] = ordinal
            index.entries[slot].second = ordinal
        }
    }

    /// Takes the position of `key` that was added first off its queue, and returns its ordinal.
    ///
    /// Positions may be added only until the first one is taken.
    mutating func takeFirst(key: UInt64) -> Int? {
        let slot = index.slot(of: key)
        let ordinal = index.entries[slot].first
        guard ordinal < HashIndex.many else { return nil }
        index.entries[slot].first = followers[Int(ordinal)]
        return Int(ordinal)
    }

    func position(_ ordinal: Int) -> Int { Int(positions[ordinal]) }
}

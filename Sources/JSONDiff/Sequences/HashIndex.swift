/// A flat hash table with open addressing and linear probing: a hash of an element, and two numbers for it.
///
/// Keys are expected to be well mixed. 24 bytes a key; at most two thirds of the slots are taken.
struct HashIndex: ~Copyable {
    struct Entry: BitwiseCopyable {
        var key: UInt64
        /// ``HashIndex/none`` in a free slot only.
        var first: UInt32
        var second: UInt32
    }

    /// Stands for no number.
    static let none = UInt32.max
    /// Stands for more than one number, or for none left.
    static let many = UInt32.max - 1

    private var memory: WorkMemory<Entry>
    private(set) var entries: UnsafeMutablePointer<Entry>
    private(set) var capacity = 0

    /// Room for `keys` different keys, which ``reset(keys:)`` may go beyond.
    init(keys: Int) {
        memory = WorkMemory(count: Self.capacity(keys: keys))
        entries = memory.reserve(0)
    }

    private static func capacity(keys: Int) -> Int { keys + keys / 2 + 2 }

    /// Forgets all keys, and takes just the slots that `keys` different ones need.
    mutating func reset(keys: Int) {
        capacity = Self.capacity(keys: keys)
        entries = memory.reserve(capacity)
        entries.update(repeating: Entry(key: 0, first: Self.none, second: Self.none), count: capacity)
    }

    /// The slot that holds `key`, or the free one where it belongs.
    @inline(__always)
    func slot(of key: UInt64) -> Int {
        // The multiplication (by 2^64 over the golden ratio) spreads keys that are not mixed;
        // the high half of the product with the capacity is a slot without a division.
        let mixed = key &* 0x9E37_79B9_7F4A_7C15
        var slot = Int(truncatingIfNeeded: mixed.multipliedFullWidth(by: UInt64(truncatingIfNeeded: capacity)).high)
        while entries[slot].first != Self.none, entries[slot].key != key {
            slot &+= 1
            if slot == capacity { slot = 0 }
        }
        return slot
    }
}

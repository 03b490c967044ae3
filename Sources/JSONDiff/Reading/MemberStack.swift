/// Hashes of the members of objects that are still open, and of the elements of sets.
struct MemberStack: ~Copyable {
    struct Member {
        let key: UInt64
        /// Of key and value; 0: the member is passed over.
        var pair: UInt64
    }

    private var list: UnsafeMutablePointer<Member>
    private var capacity = 256
    private(set) var count = 0
    /// Places by hash, with the round they were written in.
    private var table: UnsafeMutablePointer<(round: UInt64, hash: UInt64)>
    private var tableCapacity = 64
    private var round: UInt64 = 0

    init() {
        list = .allocate(capacity: capacity)
        table = .allocate(capacity: tableCapacity)
        table.initialize(repeating: (0, 0), count: tableCapacity)
    }

    deinit {
        list.deallocate()
        table.deallocate()
    }

    @inline(__always)
    mutating func push(_ key: UInt64) {
        if count == capacity { grow() }
        (list + count).initialize(to: Member(key: key, pair: 0))
        count &+= 1
    }

    @inline(__always)
    mutating func setLast(pair: UInt64) { list[count &- 1].pair = pair }

    @inline(__always)
    mutating func truncate(to first: Int) { count = first }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Member>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: list, count: count)
        list.deallocate()
        list = larger
        capacity *= 2
    }

    /// Whether two of the members from one on have the same key. Time linear in their number.
    mutating func hasDuplicates(from first: Int) -> Bool {
        let number = count - first
        if number <= 8 {
            for index in first..<count {
                for other in first..<index where list[other].key == list[index].key { return true }
            }
            return false
        }
        return distinct(from: first) { _ in } < number
    }

    /// Takes the first of each key, of the members from one on; answers with their number.
    mutating func distinct(from first: Int, _ body: (Member) -> Void) -> Int { distinct(first..<count, body) }

    /// The same with the last of each key.
    mutating func distinctFromLast(from first: Int, _ body: (Member) -> Void) -> Int {
        distinct((first..<count).reversed(), body)
    }

    private mutating func distinct(_ indices: some Collection<Int>, _ body: (Member) -> Void) -> Int {
        prepareTable(for: indices.count)
        var found = 0
        for index in indices where insert(list[index].key) {
            body(list[index])
            found += 1
        }
        return found
    }

    private mutating func prepareTable(for number: Int) {
        round += 1
        guard tableCapacity < 2 * number else { return }
        table.deallocate()
        while tableCapacity < 2 * number { tableCapacity *= 2 }
        table = .allocate(capacity: tableCapacity)
        table.initialize(repeating: (0, 0), count: tableCapacity)
    }

    /// Whether a hash was not there.
    private mutating func insert(_ hash: UInt64) -> Bool {
        let mask = tableCapacity - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while table[place].round == round {
            if table[place].hash == hash { return false }
            place = (place + 1) & mask
        }
        table[place] = (round, hash)
        return true
    }
}

/// Sequences of keys that were found to be without duplicates: records have the same ones over and over.
struct KnownShapes: ~Copyable {
    private let list: UnsafeMutablePointer<UInt64>
    private static let count = 1024

    init() {
        list = .allocate(capacity: Self.count)
        list.initialize(repeating: 0, count: Self.count)
    }

    deinit { list.deallocate() }

    @inline(__always)
    func contains(_ shape: UInt64) -> Bool { list[Int(truncatingIfNeeded: shape) & (Self.count - 1)] == shape }

    func insert(_ shape: UInt64) { list[Int(truncatingIfNeeded: shape) & (Self.count - 1)] = shape }
}

/// An object or array in a text, one of ``Containers/minimumLength`` bytes or more.
struct Container {
    /// The offset of its bracket.
    let start: UInt32
    /// The offset behind its closing bracket.
    var end: UInt32 = 0
    /// The index of the first container in the list that is not in this one.
    var next: UInt32 = 0
    private var hashLow: UInt32 = 0
    private var hashHigh: UInt32 = 0

    init(start: UInt32) { self.start = start }

    var hash: UInt64 {
        get { UInt64(hashHigh) << 32 | UInt64(hashLow) }
        set { (hashLow, hashHigh) = (UInt32(truncatingIfNeeded: newValue), UInt32(truncatingIfNeeded: newValue >> 32)) }
    }
}

/// The containers of a text, each before those that are in it. Twenty bytes for each; smaller ones are not kept, since reading
/// them again takes no longer than finding them here.
final class Containers: Sendable {
    nonisolated(unsafe) private(set) var list: UnsafeMutableBufferPointer<Container>
    nonisolated(unsafe) private(set) var count = 0

    /// The fewest bytes of one that is kept.
    static let minimumLength: UInt32 = 64

    init(textLength: Int) {
        list = .allocate(capacity: max(16, textLength / 256))
    }

    deinit { list.deallocate() }

    /// Appends one; answers with its index. Only while the text is read, by one thread.
    @inline(__always)
    func open(at start: UInt32) -> Int {
        if count == list.count { grow() }
        list.initializeElement(at: count, to: Container(start: start))
        count &+= 1
        return count &- 1
    }

    /// Notes its end; one that is too small is forgotten.
    @inline(__always)
    func close(_ index: Int, end: UInt32, hash: UInt64) {
        if end &- list[index].start < Self.minimumLength {
            // Those in it are smaller, and were forgotten before.
            count = index
            return
        }
        list[index].end = end
        list[index].next = UInt32(truncatingIfNeeded: count)
        list[index].hash = hash
    }

    @inline(never)
    private func grow() {
        let larger = UnsafeMutableBufferPointer<Container>.allocate(capacity: list.count * 2)
        _ = larger.moveInitialize(fromContentsOf: list)
        list.deallocate()
        list = larger
    }

    /// The index of the one that starts at an offset, of those from an index on. nil: it is not kept.
    func index(of start: UInt32, from first: Int = 0) -> Int? {
        var low = first, high = count
        while low < high {
            let middle = (low + high) / 2
            if list[middle].start < start { low = middle + 1 } else { high = middle }
        }
        return low < count && list[low].start == start ? low : nil
    }
}

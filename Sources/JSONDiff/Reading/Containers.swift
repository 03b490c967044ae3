#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// An object or array in a text, one of ``Containers/minimumLength`` bytes or more.
struct Container {
    /// The offset of its bracket.
    var start: UInt32
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
    nonisolated(unsafe) private(set) var list: UnsafeMutablePointer<Container>
    nonisolated(unsafe) private(set) var count = 0
    nonisolated(unsafe) private var capacity: Int

    /// The fewest bytes of one that is kept.
    static let minimumLength: UInt32 = 64

    init(textLength: Int) {
        capacity = max(16, textLength / 256)
        list = Self.memory(nil, capacity)
    }

    deinit { free(list) }

    /// Memory for so many, with what was in it before. The system moves large memory without copying it.
    private static func memory(_ old: UnsafeMutablePointer<Container>?, _ capacity: Int) -> UnsafeMutablePointer<
        Container
    > {
        let size = capacity * MemoryLayout<Container>.stride
        guard let memory = realloc(old, size) else { fatalError("there is no memory for \(size) bytes of containers") }
        return memory.bindMemory(to: Container.self, capacity: capacity)
    }

    /// Appends one; answers with its index. Only while the text is read, by one thread.
    @inline(__always)
    func open(at start: UInt32) -> Int {
        if count == capacity { grow(to: capacity * 2) }
        (list + count).initialize(to: Container(start: start))
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
    private func grow(to capacity: Int) {
        list = Self.memory(list, capacity)
        self.capacity = capacity
    }

    /// Appends those of another list whose brackets are in a range, all that is in them included; in this text they are
    /// `distance` bytes further on. Only while the text is read, by one thread.
    func append(_ other: Containers, startingIn range: Range<UInt32>, shiftedBy distance: Int) {
        append(
            other, from: other.firstIndex(from: range.lowerBound)..<other.firstIndex(from: range.upperBound), distance)
    }

    /// Appends all of another list.
    func append(_ other: Containers) { append(other, from: 0..<other.count, 0) }

    private func append(_ other: Containers, from range: Range<Int>, _ distance: Int) {
        if count + range.count > capacity { grow(to: max(capacity * 2, count + range.count)) }
        let shift = UInt32(truncatingIfNeeded: distance),
            indexShift = UInt32(truncatingIfNeeded: count - range.lowerBound)
        for index in range {
            var container = other.list[index]
            container.start &+= shift
            container.end &+= shift
            container.next &+= indexShift
            (list + count).initialize(to: container)
            count &+= 1
        }
    }

    /// The index of the one that starts at an offset. nil: it is not kept.
    func index(of start: UInt32) -> Int? {
        let index = firstIndex(from: start)
        return index < count && list[index].start == start ? index : nil
    }

    /// The index of the first one that starts at an offset or behind it.
    private func firstIndex(from start: UInt32) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if list[middle].start < start { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

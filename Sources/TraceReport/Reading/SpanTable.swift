import TraceLog

/// What the spans of one session add up to, path by path, until it goes into the model: counters and histograms that lie where
/// the processor finds them again, since there are millions of spans a second.
struct SpanTable: ~Copyable {
    /// Counters of a path.
    private struct Slot {
        var count: UInt64 = 0
        var total: UInt64 = 0
        var own: UInt64 = 0
        var cpu: UInt64 = 0
        var maximum: UInt64 = 0
        var minimum: UInt64 = .max
        var firstSequence: UInt64 = 0
        /// Occurrences of each bucket of nanoseconds; nil: the path is not kept here.
        var occurrences: UnsafeMutablePointer<UInt32>?
    }

    /// Paths with higher numbers are not kept here; programs have at most 16,384.
    private static let highestPath: UInt64 = 16_384

    private var slots: UnsafeMutableBufferPointer<Slot>
    private var kept: [Int] = []

    init() {
        slots = Self.room(for: 256)
    }

    deinit {
        for path in kept { slots[path].occurrences?.deallocate() }
        slots.deallocate()
    }

    /// Whether the counters of a span's path are near their end, so that they must be taken out first.
    @inline(__always)
    func isFull(for span: SpanLine) -> Bool {
        guard span.path < UInt64(slots.count) else { return false }
        // A number has at most 16 digits, so that a sum far from its end takes one more.
        let slot = slots[Int(truncatingIfNeeded: span.path)]
        return (slot.count | slot.total >> 31) >> 32 != 0
    }

    /// Counts a span; false where its path cannot be kept here.
    ///
    /// - Parameter room: For how many more paths there is room, of all tables: 11 kB each.
    @inline(__always)
    mutating func add(_ span: SpanLine, _ room: inout Int) -> Bool {
        guard span.path < UInt64(slots.count), let start = slots.baseAddress else { return addNew(span, &room) }
        let slot = start + Int(truncatingIfNeeded: span.path)
        guard let occurrences = slot.pointee.occurrences else { return addNew(span, &room) }
        if slot.pointee.count == 0 { slot.pointee.firstSequence = span.sequence }
        slot.pointee.count &+= 1
        slot.pointee.total &+= span.durationNanoseconds
        slot.pointee.own &+= span.selfNanoseconds
        slot.pointee.cpu &+= span.cpuNanoseconds
        slot.pointee.maximum = max(slot.pointee.maximum, span.durationNanoseconds)
        slot.pointee.minimum = min(slot.pointee.minimum, span.durationNanoseconds)
        occurrences[DurationHistogram.bucket(ofTicks: span.durationNanoseconds)] &+= 1
        return true
    }

    /// Takes out all that was added, and calls `body` for each path.
    mutating func takeOut(
        _ body: (_ path: UInt64, _ counters: PathCounters, _ durations: BucketCounts, _ firstSequence: UInt64) -> Void
    ) {
        for path in kept {
            guard let slot = slots.baseAddress.map({ $0 + path }) else { return }
            guard slot.pointee.count > 0, let occurrences = slot.pointee.occurrences else { continue }
            var counters = PathCounters()
            counters.count = slot.pointee.count
            counters.totalNanoseconds = slot.pointee.total
            counters.selfNanoseconds = slot.pointee.own
            counters.cpuNanoseconds = slot.pointee.cpu
            counters.maximumNanoseconds = slot.pointee.maximum
            let lowest = DurationHistogram.bucket(ofTicks: slot.pointee.minimum)
            let highest = DurationHistogram.bucket(ofTicks: slot.pointee.maximum)
            let used = UnsafeMutableBufferPointer(start: occurrences + lowest, count: highest + 1 - lowest)
            let durations = BucketCounts(UnsafeBufferPointer(used), from: lowest)
            body(UInt64(path), counters, durations, slot.pointee.firstSequence)
            used.update(repeating: 0)
            slot.pointee = Slot(occurrences: occurrences)
        }
    }

    @inline(never)
    private mutating func addNew(_ span: SpanLine, _ room: inout Int) -> Bool {
        guard room > 0, span.path < Self.highestPath else { return false }
        let path = Int(span.path)
        if path >= slots.count {
            let larger = Self.room(for: max(path + 1, 2 * slots.count))
            _ = larger.moveUpdate(fromContentsOf: slots)
            slots.deallocate()
            slots = larger
        }
        let occurrences = UnsafeMutablePointer<UInt32>.allocate(capacity: DurationHistogram.bucketCount)
        occurrences.initialize(repeating: 0, count: DurationHistogram.bucketCount)
        slots[path].occurrences = occurrences
        kept.append(path)
        room -= 1
        return add(span, &room)
    }

    private static func room(for paths: Int) -> UnsafeMutableBufferPointer<Slot> {
        let slots = UnsafeMutableBufferPointer<Slot>.allocate(capacity: paths)
        slots.initialize(repeating: Slot())
        return slots
    }
}

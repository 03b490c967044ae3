import CLogScan
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
        /// Spans of former windows that are in `occurrences`.
        var before: UInt64 = 0
        /// The first bucket of nanoseconds that is kept here, and how many: whole powers of two, 64 buckets each.
        var lowest = 0
        var buckets = 0
        /// Occurrences of each bucket, and behind them those in this window, four buckets in one; nil: there are none.
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
    func isFull(for span: hp_log_span) -> Bool {
        guard span.path < UInt64(slots.count) else { return false }
        // A number has at most 16 digits, so that a sum far from its end takes one more.
        let slot = slots[Int(truncatingIfNeeded: span.path)]
        return (slot.count &+ slot.before | slot.total >> 31) >> 32 != 0
    }

    /// Counts a span; false where its path cannot be kept here.
    ///
    /// - Parameter room: How many further buckets may be kept, of all tables: five bytes each.
    @inline(__always)
    mutating func add(_ span: hp_log_span, _ room: inout Int) -> Bool {
        guard span.path < UInt64(slots.count), let start = slots.baseAddress else { return addNew(span, &room) }
        let slot = start + Int(truncatingIfNeeded: span.path)
        let bucket = DurationHistogram.bucket(ofTicks: span.took) &- slot.pointee.lowest
        guard let occurrences = slot.pointee.occurrences, UInt(bitPattern: bucket) < UInt(slot.pointee.buckets) else {
            return addNew(span, &room)
        }
        if slot.pointee.count == 0 { slot.pointee.firstSequence = span.sequence }
        slot.pointee.count &+= 1
        slot.pointee.total &+= span.took
        slot.pointee.own &+= span.`self`
        slot.pointee.cpu &+= span.cpu
        slot.pointee.maximum = max(slot.pointee.maximum, span.took)
        slot.pointee.minimum = min(slot.pointee.minimum, span.took)
        occurrences[bucket] &+= 1
        occurrences[slot.pointee.buckets &+ bucket &>> 2] &+= 1
        return true
    }

    /// Takes out what was added since the last time, and calls `body` for each path; durations are ``BucketCounts/coarse()``.
    mutating func takeOutWindow(
        _ body: (_ path: UInt64, _ counters: PathCounters, _ durations: BucketCounts, _ firstSequence: UInt64) -> Void
    ) {
        for path in kept where slots[path].count > 0 {
            let slot = slots[path]
            guard let occurrences = slot.occurrences else { continue }
            var counters = PathCounters()
            counters.count = slot.count
            counters.totalNanoseconds = slot.total
            counters.selfNanoseconds = slot.own
            counters.cpuNanoseconds = slot.cpu
            counters.maximumNanoseconds = slot.maximum
            let lowest = (DurationHistogram.bucket(ofTicks: slot.minimum) - slot.lowest) >> 2
            let highest = (DurationHistogram.bucket(ofTicks: slot.maximum) - slot.lowest) >> 2
            let window = UnsafeMutableBufferPointer(
                start: occurrences + (slot.buckets + lowest), count: highest + 1 - lowest)
            let durations = BucketCounts(coarse: UnsafeBufferPointer(window), from: slot.lowest >> 2 + lowest)
            body(UInt64(path), counters, durations, slot.firstSequence)
            window.update(repeating: 0)
            slots[path] = Slot(
                before: slot.before + slot.count, lowest: slot.lowest, buckets: slot.buckets, occurrences: occurrences)
        }
    }

    /// Takes out the durations of each path, in nanoseconds, once its last window has been taken out.
    mutating func takeOutDurations(_ body: (_ path: UInt64, _ durations: BucketCounts) -> Void) {
        for path in kept {
            guard let occurrences = slots[path].occurrences else { continue }
            let all = UnsafeMutableBufferPointer(start: occurrences, count: slots[path].buckets)
            body(UInt64(path), BucketCounts(UnsafeBufferPointer(all), from: slots[path].lowest))
            all.update(repeating: 0)
            slots[path].before = 0
        }
    }

    @inline(never)
    private mutating func addNew(_ span: hp_log_span, _ room: inout Int) -> Bool {
        guard span.path < Self.highestPath else { return false }
        let path = Int(span.path)
        if path >= slots.count {
            let larger = Self.room(for: max(path + 1, 2 * slots.count))
            _ = larger.moveUpdate(fromContentsOf: slots)
            slots.deallocate()
            slots = larger
        }
        let isNew = slots[path].occurrences == nil
        guard keep(DurationHistogram.bucket(ofTicks: span.took), in: &slots[path], &room) else { return false }
        if isNew { kept.append(path) }
        return add(span, &room)
    }

    /// Makes a path keep a bucket too; false where there is no room.
    private func keep(_ bucket: Int, in slot: inout Slot, _ room: inout Int) -> Bool {
        let isNew = slot.occurrences == nil
        let lowest = min(isNew ? bucket : slot.lowest, bucket) / 64 * 64
        let buckets = max(isNew ? 0 : slot.lowest + slot.buckets, bucket / 64 * 64 + 64) - lowest
        guard buckets - slot.buckets <= room else { return false }
        room -= buckets - slot.buckets
        let occurrences = UnsafeMutablePointer<UInt32>.allocate(capacity: buckets * 5 / 4)
        occurrences.initialize(repeating: 0, count: buckets * 5 / 4)
        if let before = slot.occurrences {
            let offset = slot.lowest - lowest
            (occurrences + offset).update(from: before, count: slot.buckets)
            (occurrences + buckets + offset / 4).update(from: before + slot.buckets, count: slot.buckets / 4)
            before.deallocate()
        }
        (slot.lowest, slot.buckets, slot.occurrences) = (lowest, buckets, occurrences)
        return true
    }

    private static func room(for paths: Int) -> UnsafeMutableBufferPointer<Slot> {
        let slots = UnsafeMutableBufferPointer<Slot>.allocate(capacity: paths)
        slots.initialize(repeating: Slot())
        return slots
    }
}

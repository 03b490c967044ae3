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
        /// Occurrences of each bucket of nanoseconds, and behind them those in this window, four buckets in one; nil: the path
        /// is not kept here.
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
    /// - Parameter pathsLeft: For how many more paths there is room, of all tables: 14 kB each.
    @inline(__always)
    mutating func add(_ span: hp_log_span, _ pathsLeft: inout Int) -> Bool {
        guard span.path < UInt64(slots.count), let start = slots.baseAddress else { return addNew(span, &pathsLeft) }
        let slot = start + Int(truncatingIfNeeded: span.path)
        guard let occurrences = slot.pointee.occurrences else { return addNew(span, &pathsLeft) }
        if slot.pointee.count == 0 { slot.pointee.firstSequence = span.sequence }
        slot.pointee.count &+= 1
        slot.pointee.total &+= span.took
        slot.pointee.own &+= span.`self`
        slot.pointee.cpu &+= span.cpu
        slot.pointee.maximum = max(slot.pointee.maximum, span.took)
        slot.pointee.minimum = min(slot.pointee.minimum, span.took)
        let bucket = DurationHistogram.bucket(ofTicks: span.took)
        occurrences[bucket] &+= 1
        occurrences[DurationHistogram.bucketCount &+ bucket &>> 2] &+= 1
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
            let lowest = DurationHistogram.bucket(ofTicks: slot.minimum)
            let highest = DurationHistogram.bucket(ofTicks: slot.maximum)
            let window = UnsafeMutableBufferPointer(
                start: occurrences + (DurationHistogram.bucketCount + lowest >> 2),
                count: highest >> 2 + 1 - lowest >> 2)
            let durations = BucketCounts(coarse: UnsafeBufferPointer(window), from: lowest >> 2)
            body(UInt64(path), counters, durations, slot.firstSequence)
            window.update(repeating: 0)
            slots[path] = Slot(before: slot.before + slot.count, occurrences: occurrences)
        }
    }

    /// Takes out the durations of each path, in nanoseconds, once its last window has been taken out.
    mutating func takeOutDurations(_ body: (_ path: UInt64, _ durations: BucketCounts) -> Void) {
        for path in kept {
            guard let occurrences = slots[path].occurrences else { continue }
            let all = UnsafeMutableBufferPointer(start: occurrences, count: DurationHistogram.bucketCount)
            body(UInt64(path), BucketCounts(UnsafeBufferPointer(all), from: 0))
            all.update(repeating: 0)
            slots[path].before = 0
        }
    }

    @inline(never)
    private mutating func addNew(_ span: hp_log_span, _ pathsLeft: inout Int) -> Bool {
        guard pathsLeft > 0, span.path < Self.highestPath else { return false }
        let path = Int(span.path)
        if path >= slots.count {
            let larger = Self.room(for: max(path + 1, 2 * slots.count))
            _ = larger.moveUpdate(fromContentsOf: slots)
            slots.deallocate()
            slots = larger
        }
        let room = DurationHistogram.bucketCount * 5 / 4
        let occurrences = UnsafeMutablePointer<UInt32>.allocate(capacity: room)
        occurrences.initialize(repeating: 0, count: room)
        slots[path].occurrences = occurrences
        kept.append(path)
        pathsLeft -= 1
        return add(span, &pathsLeft)
    }

    private static func room(for paths: Int) -> UnsafeMutableBufferPointer<Slot> {
        let slots = UnsafeMutableBufferPointer<Slot>.allocate(capacity: paths)
        slots.initialize(repeating: Slot())
        return slots
    }
}

import TraceLog

/// The windows of time of a session, counted from its start on its monotonic clock.
///
/// There are at most ``maximumCount``: where a session lasts longer, windows get wider, so that memory does not grow with
/// the log. What a flush wrote belongs to the window of its `clock` record.
struct SessionWindows: Equatable {
    /// How long a window is, nanoseconds.
    private(set) var width: UInt64
    /// The number of the window that what is read belongs to.
    private(set) var current = WindowCounters.unplaced
    /// For each window the lowest sequence number of its clocks, in order.
    private var starts: [(window: Int, sequence: UInt64)] = []

    /// The most windows of a session.
    static let maximumCount = 60
    /// Each divides the next: 1, 5, 10, 30 seconds, 1, 5, 10, 30 minutes, 1, 3, 6 hours, 1, 7 days; then twice as much.
    private static let widths: [UInt64] = [
        1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 86_400, 604_800,
    ].map { $0 * 1_000_000_000 }

    /// Makes windows of a second, or of a wider step.
    init(width: UInt64 = widths[0]) {
        self.width = width
    }

    static func == (left: SessionWindows, right: SessionWindows) -> Bool {
        left.width == right.width && left.starts.elementsEqual(right.starts, by: ==)
    }

    /// Returns the window of a moment, nanoseconds since the session's start.
    func window(of nanoseconds: UInt64) -> Int { Int(clamping: nanoseconds / width) }

    /// Returns the window that a record belongs to, by its number in the session; nil: no clock came before it.
    func window(ofSequence sequence: UInt64) -> Int? {
        starts.last { $0.sequence <= sequence }?.window
    }

    /// The window a log begins in that has records before its first clock.
    var first: Int? { starts.first?.window }

    /// Goes on to the window of a clock.
    mutating func take(_ clock: ClockRecord, sequence: UInt64) {
        add(window(of: clock.monotonicNanoseconds), sequence)
        widenToFit()
        current = window(of: clock.monotonicNanoseconds)
    }

    /// Tells that what follows stands in another place of the log.
    mutating func forgetCurrent() { current = WindowCounters.unplaced }

    /// Takes the windows of another part of the log in; the wider ones of both stay.
    mutating func merge(_ other: SessionWindows) {
        var other = other
        let widest = max(width, other.width)
        widen(to: widest)
        other.widen(to: widest)
        for start in other.starts { add(start.window, start.sequence) }
        widenToFit()
    }

    /// Makes windows wider by a step, where what they hold takes too much memory.
    mutating func widen() {
        widen(to: Self.wider(than: width))
    }

    /// The next step; the widest window holds the whole clock.
    private static func wider(than width: UInt64) -> UInt64 {
        if let step = widths.first(where: { $0 > width }) { return step }
        let twice = width.multipliedReportingOverflow(by: 2)
        return twice.overflow ? .max : twice.partialValue
    }

    /// Whether a flush began a window, or it is the one that no clock came before.
    func has(_ window: Int) -> Bool {
        window == WindowCounters.unknown || starts.contains { $0.window == window }
    }

    /// Whether there is a wider step.
    var canWiden: Bool { width < .max }

    /// How many windows there are.
    var count: Int { starts.count }

    private mutating func add(_ window: Int, _ sequence: UInt64) {
        if let last = starts.last, last.window == window {
            starts[starts.count - 1].sequence = min(last.sequence, sequence)
            return
        }
        let index = starts.firstIndex { $0.window >= window } ?? starts.count
        if index < starts.count, starts[index].window == window {
            starts[index].sequence = min(starts[index].sequence, sequence)
        } else {
            starts.insert((window, sequence), at: index)
        }
    }

    private mutating func widenToFit() {
        while let first = starts.first, let last = starts.last, last.window - first.window >= Self.maximumCount {
            widen()
        }
    }

    private mutating func widen(to wider: UInt64) {
        guard wider > width else { return }
        let factor = Int(clamping: wider / width)
        width = wider
        let before = starts
        starts = []
        for start in before { add(start.window / factor, start.sequence) }
        if current >= 0 { current /= factor }
    }
}

extension SessionWindows: CarriedByMembers {
    static let blank = SessionWindows()

    /// Where what is read belongs to is not carried: what comes next stands in another place.
    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&width)
        let count = try carrier.count(starts.count)
        if carrier.isReading { starts = Array(repeating: (0, 0), count: count) }
        for index in starts.indices {
            try carrier(&starts[index].window)
            try carrier(&starts[index].sequence)
        }
        try carrier.require(areSound, "the windows of a session are not in order")
    }

    /// Whether windows have a width that they can have, are in order, few enough, and on the clock.
    private var areSound: Bool {
        var known = Self.widths[0]
        while known < width { known = Self.wider(than: known) }
        let isSorted = zip(starts, starts.dropFirst()).allSatisfy { $0.window < $1.window }
        guard known == width, isSorted else { return false }
        guard let first = starts.first, let last = starts.last else { return true }
        return first.window >= 0 && last.window - first.window < Self.maximumCount
            && UInt64(last.window) <= UInt64.max / width
    }
}

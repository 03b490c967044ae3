import TraceLog

/// What a log says about one path of one session.
struct PathModel {
    /// Where it stands in the call tree; nil until its `path` record came.
    var node: PathRecord?
    /// The newest counters, or the sum of its spans in mode `every`.
    private(set) var counters = PathCounters()
    /// Its durations: in the session's ticks, or nanoseconds where ``isFromSpans``.
    private(set) var durations = BucketCounts()
    /// Whether counters and durations come from `span` records.
    private(set) var isFromSpans = false
    /// The same by windows of time, in order: what came last in each, or the spans of each.
    private(set) var windows: [WindowCounters] = []

    /// What cumulative counters were before the first window that is asked for.
    private(set) var base: WindowCounters?

    private var countersSequence: UInt64?
    private var durationsSequence: UInt64?
    private var assemblies = HistogramAssemblies()

    /// Whether the newest counters came without all pieces of their histogram, so that the durations are older.
    var hasStaleDurations: Bool {
        countersSequence.map { counters in durationsSequence.map { $0 < counters } ?? true } ?? false
    }

    /// How many buckets are kept, of all windows and in sum.
    var keptBuckets: Int { windows.reduce(durations.bucketsInUse) { $0 + $1.durations.bucketsInUse } }

    /// Takes a `stats` record; an older one than the newest changes nothing but its window.
    mutating func take(_ stats: StatsRecord, sequence: UInt64, window: Int) {
        forgetSpans()
        let taken = PathCounters(stats)
        if countersSequence.map({ $0 < sequence }) ?? true { (countersSequence, counters) = (sequence, taken) }
        changeWindow(window) { known in
            guard let known, known.sequence >= sequence else {
                // Until their pieces have come, durations are those of before.
                return WindowCounters(
                    window: window, sequence: sequence, counters: taken, durations: known?.durations ?? BucketCounts())
            }
            return known
        }
        if stats.parts <= 1 {
            takeDurations(BucketCounts(stats.histogram), sequence: sequence)
        } else if let whole = assemblies.take(stats.histogram, part: 1, parts: stats.parts, base: sequence) {
            takeDurations(whole, sequence: sequence)
        }
    }

    /// Takes a further piece of a histogram. The pieces of one histogram have consecutive sequence numbers.
    mutating func take(_ buckets: BucketsRecord, sequence: UInt64) {
        guard buckets.part >= 2, sequence >= buckets.part - 1 else { return }
        let base = sequence - (buckets.part - 1)
        guard let whole = assemblies.take(buckets.histogram, part: buckets.part, parts: nil, base: base) else { return }
        takeDurations(whole, sequence: base)
    }

    /// Adds finished spans; without effect on a path that has cumulative counters.
    mutating func add(_ spans: PathSpans, window: Int) {
        guard countersSequence == nil else { return }
        isFromSpans = true
        counters.add(spans.counters)
        if let added = spans.durations { durations.merge(added) }
        changeWindow(window) { known in
            var changed = known ?? WindowCounters(window: window, sequence: spans.firstSequence)
            changed.sequence = min(changed.sequence, spans.firstSequence)
            changed.counters.add(spans.counters)
            changed.durations.merge(spans.coarseDurations)
            return changed
        }
    }

    /// Adds the durations of spans that were added without them.
    mutating func add(_ added: BucketCounts) {
        if isFromSpans { durations.merge(added) }
    }

    /// Takes finished spans for so many times as many, and what they are like as it is.
    mutating func scaleSpans(by factor: Double) {
        if isFromSpans { counters.scale(by: factor) }
    }

    /// Takes what another part of the log says about the same path.
    mutating func merge(_ other: PathModel) {
        node = other.node ?? node
        if other.countersSequence != nil {
            // Cumulative counters hold what the spans said, too.
            forgetSpans()
            mergeCumulative(other)
        } else if other.isFromSpans, countersSequence == nil {
            isFromSpans = true
            counters.add(other.counters)
            durations.merge(other.durations)
            for window in other.windows { join(window, in: window.window) }
        }
        for (sequence, whole) in assemblies.merge(other.assemblies) { takeDurations(whole, sequence: sequence) }
    }

    /// Takes an earlier state of the same counters away.
    ///
    /// The longest call since is known where it is longer than any before; else it is bounded by the histogram.
    mutating func subtract(_ earlier: PathModel, ticksPerSecond: UInt64) {
        guard !isFromSpans, !earlier.isFromSpans, let last = earlier.windows.last else { return }
        let longestBefore = earlier.counters.maximumNanoseconds
        counters.subtract(earlier.counters)
        durations.subtract(earlier.durations)
        base = last
        guard counters.maximumNanoseconds <= longestBefore, ticksPerSecond > 0 else { return }
        let highest = durations.buckets.reduce(0) { max($0, $1.bucket) }
        let range = DurationHistogram.range(ofBucket: highest)
        let end = Double(range.lower + range.width - 1) * 1e9 / Double(ticksPerSecond)
        counters.maximumNanoseconds = min(counters.maximumNanoseconds, end >= 1e19 ? .max : UInt64(end.rounded(.up)))
    }

    /// Puts what no clock came before, in a part of the log, into the window it belongs to. What came before every clock of its
    /// session waits for one: a later part may be of earlier records.
    mutating func move(fromUnknownTo window: (_ sequence: UInt64) -> Int?) {
        for number in [WindowCounters.unplaced, WindowCounters.unknown] {
            guard let first = windows.first, first.window == number else { continue }
            let place = window(first.sequence) ?? WindowCounters.unknown
            guard place != number else { continue }
            windows.removeFirst()
            join(first, in: place)
        }
    }

    /// Joins windows: `widened` says in which one each of them is.
    mutating func widenWindows(_ widened: (Int) -> Int) {
        let before = windows
        windows = []
        for window in before {
            join(window, in: window.window < 0 ? window.window : widened(window.window))
        }
    }

    private mutating func join(_ added: WindowCounters, in window: Int) {
        let addsUp = isFromSpans
        changeWindow(window) { known in
            var joined = added
            joined.window = window
            guard let known else { return joined }
            if addsUp {
                joined.sequence = min(joined.sequence, known.sequence)
                joined.counters.add(known.counters)
                joined.durations.merge(known.durations)
                return joined
            }
            let (older, newest) = known.sequence > joined.sequence ? (joined, known) : (known, joined)
            // Where pieces of the newer ones are missing, durations are those of before, as in ``take(_:sequence:window:)``.
            var newer = newest
            if newer.durations.bucketsInUse == 0 { newer.durations = older.durations }
            return newer
        }
    }

    private mutating func mergeCumulative(_ other: PathModel) {
        for window in other.windows { join(window, in: window.window) }
        if let sequence = other.countersSequence, countersSequence.map({ $0 < sequence }) ?? true {
            (countersSequence, counters) = (sequence, other.counters)
        }
        if let sequence = other.durationsSequence, durationsSequence.map({ $0 < sequence }) ?? true {
            (durationsSequence, durations) = (sequence, other.durations)
        }
    }

    private mutating func forgetSpans() {
        guard isFromSpans else { return }
        (isFromSpans, durations, windows) = (false, BucketCounts(), [])
    }

    private mutating func takeDurations(_ newer: BucketCounts, sequence: UInt64) {
        if let index = windows.firstIndex(where: { $0.sequence == sequence }) {
            windows[index].durations = newer.coarse()
        }
        guard durationsSequence.map({ $0 < sequence }) ?? true else { return }
        durationsSequence = sequence
        durations = newer
    }

    /// Changes a window, which may be new.
    private mutating func changeWindow(_ window: Int, _ change: (WindowCounters?) -> WindowCounters) {
        if let last = windows.last, last.window == window {
            windows[windows.count - 1] = change(last)
            return
        }
        let index = windows.firstIndex { $0.window >= window } ?? windows.count
        if index < windows.count, windows[index].window == window {
            windows[index] = change(windows[index])
        } else {
            windows.insert(change(nil), at: index)
        }
    }
}

extension [UInt64: PathModel] {
    /// Returns the paths with windows so many times as wide.
    func widened(by factor: Int) -> Self {
        guard factor > 1 else { return self }
        return mapValues { path in
            var path = path
            path.widenWindows { $0 / factor }
            return path
        }
    }
}

extension PathModel: CarriedByMembers {
    static let blank = PathModel()

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&node)
        try carrier(&counters)
        try carrier(&durations)
        try carrier(&isFromSpans)
        try carrier(&windows)
        try carrier(&base)
        try carrier(&countersSequence)
        try carrier(&durationsSequence)
        try carrier(&assemblies)
        let isSorted = zip(windows, windows.dropFirst()).allSatisfy { $0.window < $1.window }
        try carrier.require(isSorted, "windows of time are not in order")
    }
}

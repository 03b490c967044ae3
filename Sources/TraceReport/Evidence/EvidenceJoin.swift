import TraceLog

/// Joins events of threads to the spans that were open on them.
struct EvidenceJoin {
    private let spans: SyncSpans
    private var threads: [Thread] = []
    private var indexOfThread: [UInt64: Int] = [:]
    private var activities = ActivityNames()
    private var totals: [Key: ActivityTotals] = [:]
    private var source = Evidence.Source(name: "")
    private var parts: [(path: UInt32?, nanoseconds: UInt64)] = []

    /// What a path did.
    private struct Key: Hashable {
        var path: UInt32
        var activity: UInt32
    }

    /// A thread that is watched.
    private struct Thread {
        let number: UInt64
        var sweep: SpanSweep
        let hasSpans: Bool
        let isAmbiguous: Bool
        /// When it was watched: in each recording from its first event to its last.
        private(set) var watched: [ClosedRange<UInt64>] = []
        private var recording: Int?
        /// When its last event ended.
        private var end: UInt64 = 0

        init(number: UInt64, sweep: SpanSweep, hasSpans: Bool, isAmbiguous: Bool) {
            self.number = number
            self.sweep = sweep
            self.hasSpans = hasSpans
            self.isAmbiguous = isAmbiguous
        }

        /// Takes the time of an event in; false where all of it was there before.
        mutating func watch(_ stretch: ClosedRange<UInt64>, recording number: Int) -> Bool {
            guard stretch.lowerBound >= end || stretch.upperBound > end else { return false }
            end = max(end, stretch.upperBound)
            if recording == number, let last = watched.popLast() {
                watched.append(last.lowerBound...end)
            } else {
                recording = number
                watched.append(stretch)
            }
            return true
        }
    }

    init(_ spans: SyncSpans) {
        self.spans = spans
    }

    mutating func take(_ event: ThreadEvent) {
        let start = event.startWallNanoseconds
        let end = saturatingSum(start, event.durationNanoseconds)
        source.events.add(1, event.durationNanoseconds)
        source.stretch = .union(source.stretch, start...end)
        let thread = index(ofThread: event.thread == 0 ? spans.mainThread ?? 0 : event.thread)
        let isInLog = isInLog(start, end)
        guard threads[thread].watch(start...end, recording: event.recording) else {
            return leaveOut(event, .repeated)
        }
        if threads[thread].isAmbiguous { return leaveOut(event, .ambiguous) }
        guard threads[thread].hasSpans else { return leaveOut(event, isInLog ? .otherThread : .otherTime) }
        parts.removeAll(keepingCapacity: true)
        threads[thread].sweep.forEachPart(of: spans, from: start, to: end) { parts.append(($0, $1)) }
        takeParts(of: event, isInLog: isInLog)
    }

    private mutating func leaveOut(_ event: ThreadEvent, _ reason: Evidence.UnjoinedReason) {
        source.unjoined[reason, default: .init()].add(1, event.durationNanoseconds)
    }

    private func isInLog(_ start: UInt64, _ end: UInt64) -> Bool {
        spans.bounds.map { end >= $0.lowerBound && start <= $0.upperBound } ?? false
    }

    private mutating func index(ofThread number: UInt64) -> Int {
        if let known = indexOfThread[number] { return known }
        let known = spans.threads[number]
        threads.append(
            Thread(
                number: number, sweep: SpanSweep(known ?? 0..<0), hasSpans: known.map { !$0.isEmpty } ?? false,
                isAmbiguous: known?.isEmpty ?? false))
        indexOfThread[number] = threads.count - 1
        return threads.count - 1
    }

    /// Gives each path its part of an event, which counts where the greatest one lies.
    private mutating func takeParts(of event: ThreadEvent, isInLog: Bool) {
        guard let greatest = parts.max(by: { $0.nanoseconds < $1.nanoseconds }) else { return }
        var counted = false
        var outside: UInt64 = 0
        for part in parts {
            guard let path = part.path else {
                outside += part.nanoseconds
                continue
            }
            let isGreatest = !counted && part.path == greatest.path && part.nanoseconds == greatest.nanoseconds
            counted = counted || isGreatest
            let key = Key(path: path, activity: activities.index(of: event.activity))
            totals[key, default: ActivityTotals()].add(
                count: isGreatest ? 1 : 0, part.nanoseconds, error: event.error)
            source.joined.add(0, part.nanoseconds)
        }
        source.joined.count += counted ? 1 : 0
        guard outside > 0 || !counted else { return }
        source.unjoined[isInLog ? .noSpan : .otherTime, default: .init()].add(counted ? 0 : 1, outside)
    }

    /// Adds what was found to the evidence of paths, and returns what was read.
    consuming func finish(
        into paths: inout [UInt64: [UInt64: PathEvidence]], name: String, _ counts: EvidenceCounts
    ) -> Evidence.Source {
        for (key, total) in totals {
            let path = spans.paths[Int(key.path)]
            let activity = activities.names[Int(key.activity)]
            paths[path.session, default: [:]][path.path, default: PathEvidence()]
                .activities[activity, default: ActivityTotals()].add(total)
        }
        for thread in threads where thread.hasSpans {
            takeWatched(thread.watched, spans.threads[thread.number] ?? 0..<0, &paths)
        }
        source.name = name
        source.counts = counts
        source.threads = UInt64(threads.count)
        source.threadsWithSpans = UInt64(threads.count(where: \.hasSpans))
        return source
    }

    /// Adds how many spans of a thread were watched and how long, and what of it was their own.
    private func takeWatched(
        _ stretches: [ClosedRange<UInt64>], _ range: Range<Int>, _ paths: inout [UInt64: [UInt64: PathEvidence]]
    ) {
        var own: [UInt32: UInt64] = [:]
        var wall: [UInt32: Evidence.Amount] = [:]
        var sweep = SpanSweep(range)
        var next = range.lowerBound
        for stretch in stretches {
            sweep.forEachPart(of: spans, from: stretch.lowerBound, to: stretch.upperBound) { path, nanoseconds in
                if let path { own[path] = saturatingSum(own[path] ?? 0, nanoseconds) }
            }
            while next < range.upperBound, spans.intervals[next].start < stretch.upperBound {
                let span = spans.intervals[next]
                next += 1
                guard span.end > stretch.lowerBound else { continue }
                let watched = min(span.end, stretch.upperBound) - max(span.start, stretch.lowerBound)
                wall[span.path, default: .init()].add(1, watched)
            }
        }
        for (index, amount) in wall {
            let path = spans.paths[Int(index)]
            paths[path.session, default: [:]][path.path, default: PathEvidence()].spans.add(
                amount.count, amount.nanoseconds)
        }
        for (index, nanoseconds) in own {
            let path = spans.paths[Int(index)]
            let before = paths[path.session]?[path.path]?.ownNanoseconds ?? 0
            paths[path.session, default: [:]][path.path, default: PathEvidence()].ownNanoseconds = saturatingSum(
                before, nanoseconds)
        }
    }
}

/// The activities there are, numbered; beyond a number of them their targets are no longer told apart.
private struct ActivityNames {
    private(set) var names: [ThreadEvent.Activity] = []
    private var indexOfName: [ThreadEvent.Activity: UInt32] = [:]

    private static let mostTargets = 32_768
    private static let mostNames = 2_048

    mutating func index(of activity: ThreadEvent.Activity) -> UInt32 {
        if let known = indexOfName[activity] { return known }
        if names.count < Self.mostTargets { return insert(activity) }
        let anyTarget = ThreadEvent.Activity(name: activity.name, kind: activity.kind, target: "(other)")
        if let known = indexOfName[anyTarget] { return known }
        if names.count < Self.mostTargets + Self.mostNames { return insert(anyTarget) }
        let other = ThreadEvent.Activity(name: "(other)", kind: .other)
        return indexOfName[other] ?? insert(other)
    }

    private mutating func insert(_ activity: ThreadEvent.Activity) -> UInt32 {
        let index = UInt32(names.count)
        names.append(activity)
        indexOfName[activity] = index
        return index
    }
}

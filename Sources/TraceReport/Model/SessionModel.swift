import TraceLog

/// What the log says about one session: a process from bootstrap to end.
struct SessionModel: Sendable {
    /// The session's tag.
    private(set) var tag: UInt64
    /// Which input its first record stood in.
    private(set) var firstInput: Int
    /// Who writes; nil until a `session` record came. Without one the records are set apart: the tag alone proves
    /// nothing.
    private(set) var announcement: SessionRecord?
    private(set) var callsites: [UInt64: CallsiteRecord] = [:]
    private(set) var paths: [UInt64: PathModel] = [:]
    /// Newest count by path and error type.
    private(set) var errorTypes: [ErrorKey: ErrorCount] = [:]
    /// Newest count by path and what a thread was seen doing, from the sampler `waits`.
    private(set) var waits: [WaitKey: Numbered<UInt64>] = [:]
    /// What the sampler of stacks counted.
    private(set) var stacks = StackCounts()
    /// The modules and functions that samples were taken in.
    private(set) var symbols: SymbolModel
    private(set) var firstClock: ClockRecord?
    private(set) var lastClock: ClockRecord?
    /// The least and the greatest lead of the wall clock over the monotonic one, nanoseconds.
    private var clockLeads: ClosedRange<Int64>?
    private(set) var drops: Numbered<DropsRecord>?
    private(set) var end: EndRecord?
    /// The windows of time that records came in.
    private(set) var windows = SessionWindows()
    /// Single requests, open spans and resources.
    private(set) var details = SessionDetails()
    /// Where its records stand.
    var origin = SessionOrigin()
    /// Sequence numbers seen.
    var sequences = SequenceSet()
    /// Records taken, by input.
    var recordsByInput: [Int: UInt64] = [:]

    /// A path and the type of an error that ended its spans.
    struct ErrorKey: Hashable {
        var path: UInt64
        var type: String
    }

    /// How many spans ended in an error: the newest count the program gave, or else those that came.
    struct ErrorCount {
        var stated: Numbered<UInt64>?
        var spans: UInt64 = 0

        var value: UInt64 { stated?.value ?? spans }
    }

    /// A path and what its threads were seen doing.
    struct WaitKey: Hashable {
        var path: UInt64
        var what: String
    }

    /// A value and the sequence number of the record it came in.
    struct Numbered<Value: Sendable>: Sendable {
        var sequence: UInt64
        var value: Value

        /// Takes a newer value in.
        mutating func take(_ other: Numbered) {
            if sequence < other.sequence { self = other }
        }
    }

    /// Which records are asked for. What counts on since the session's start is taken in twice: what it was before them is
    /// in ``earlier``.
    let bounds: SequenceBounds
    /// At most one.
    private var earlier: [SessionModel] = []

    init(
        tag: UInt64, firstInput: Int, symbolSource: (any SymbolSource)? = nil, bounds: SequenceBounds = .all
    ) {
        self.tag = tag
        self.bounds = bounds
        if bounds.lower > 0 { earlier = [SessionModel(tag: tag, firstInput: firstInput)] }
        symbols = SymbolModel(source: symbolSource)
        self.firstInput = firstInput
    }

    /// Takes a record in; false where a bound was reached and it was left out.
    mutating func take(_ record: Record, sequence: UInt64, budget: inout ModelBudget) -> Bool {
        switch (bounds.side(of: sequence), record) {
        case (.inside, _), (_, .session), (_, .callsite), (_, .path), (_, .module), (_, .symbol): break
        case (.before, .stats), (.before, .buckets), (.before, .errors), (.before, .usage), (.before, .sample),
            (.before, .drops):
            return earlier.isEmpty || earlier[0].take(record, sequence: sequence, budget: &budget)
        default: return true
        }
        switch record {
        case .session(let session): if announcement == nil { announcement = session }
        case .clock(let clock):
            take(clock, sequence: sequence, budget: &budget)
            return details.take(record, sequence: sequence, budget: &budget.details)
        case .drops(let newest):
            if drops.map({ $0.sequence < sequence }) ?? true { drops = Numbered(sequence: sequence, value: newest) }
        case .end(let record): end = record
        case .crash, .probe, .usage, .request, .tree, .open:
            return details.take(record, sequence: sequence, budget: &budget.details)
        case .module(let module): return symbols.take(module, budget: &budget)
        case .symbol(let symbol): return symbols.take(symbol, budget: &budget)
        case .callsite(let callsite):
            guard callsites[callsite.id] != nil || budget.takeCallsite() else { return false }
            callsites[callsite.id] = callsite
        case .sample(let sample): return take(sample, sequence: sequence, budget: &budget)
        case .errors(let errors): return take(errors, sequence: sequence, budget: &budget)
        case .path(let node): return withPath(node.id, &budget) { path, _ in path.node = node }
        case .stats(let stats): return withPath(stats.path, &budget) { $0.take(stats, sequence: sequence, window: $1) }
        case .buckets(let piece):
            return withPath(piece.path, &budget) { path, _ in path.take(piece, sequence: sequence) }
        case .span(let span):
            let spans = PathSpans(PathCounters(span), sequence: sequence)
            guard add(spans, path: span.path, budget: &budget) else { return false }
            return span.error.isEmpty || addSpanError(span, budget: &budget)
        }
        return true
    }

    /// Adds finished spans of a path; false where a bound was reached and they were left out.
    mutating func add(_ spans: PathSpans, path: UInt64, budget: inout ModelBudget) -> Bool {
        withPath(path, &budget) { $0.add(spans, window: $1) }
    }

    /// Adds the durations of spans that were added without them.
    mutating func add(_ durations: BucketCounts, path: UInt64, budget: inout ModelBudget) {
        guard paths[path] != nil else { return }
        _ = withPath(path, &budget) { path, _ in path.add(durations) }
    }

    /// Takes finished spans for so many times as many.
    mutating func scaleSpans(by factor: Double) {
        for index in paths.values.indices { paths.values[index].scaleSpans(by: factor) }
    }

    private mutating func take(_ clock: ClockRecord, sequence: UInt64, budget: inout ModelBudget) {
        if firstClock.map({ $0.monotonicNanoseconds > clock.monotonicNanoseconds }) ?? true { firstClock = clock }
        if lastClock.map({ $0.monotonicNanoseconds <= clock.monotonicNanoseconds }) ?? true { lastClock = clock }
        let lead = Int64(bitPattern: clock.wallNanoseconds &- clock.monotonicNanoseconds)
        clockLeads = .union(clockLeads, lead...lead)
        let before = windows.width
        windows.take(clock, sequence: sequence)
        if windows.width != before { widenWindows(from: before, &budget) }
        boundWindows(&budget)
    }

    /// Makes windows wider until what they hold is within ``SessionModel/maximumWindowBytes``.
    private mutating func boundWindows(_ budget: inout ModelBudget) {
        while windows.count > 1, windows.canWiden, windowBytes > Self.maximumWindowBytes {
            let before = windows.width
            windows.widen()
            widenWindows(from: before, &budget)
        }
    }

    /// About how much memory the windows of all paths take. Takes time in proportion to their number.
    private var windowBytes: Int {
        paths.values.reduce(0) { sum, path in
            path.windows.reduce(sum) { $0 + MemoryLayout<WindowCounters>.stride + 8 * $1.durations.bucketsInUse }
        }
    }

    private static let maximumWindowBytes = 3 << 20

    private mutating func take(_ errors: ErrorsRecord, sequence: UInt64, budget: inout ModelBudget) -> Bool {
        let stated = Numbered(sequence: sequence, value: errors.count)
        return withErrors(ErrorKey(path: errors.path, type: errors.type), &budget) { count in
            if count.stated?.take(stated) == nil { count.stated = stated }
        }
    }

    private mutating func addSpanError(_ span: SpanRecord, budget: inout ModelBudget) -> Bool {
        withErrors(ErrorKey(path: span.path, type: span.error), &budget) { $0.spans = saturatingSum($0.spans, 1) }
    }

    private mutating func withErrors(
        _ key: ErrorKey, _ budget: inout ModelBudget, _ change: (inout ErrorCount) -> Void
    ) -> Bool {
        guard errorTypes[key] != nil || budget.takeErrorType() else { return false }
        change(&errorTypes[key, default: ErrorCount()])
        return true
    }

    private mutating func take(_ sample: SampleRecord, sequence: UInt64, budget: inout ModelBudget) -> Bool {
        if sample.sampler == StackCounts.sampler { return stacks.take(sample, sequence: sequence, budget: &budget) }
        guard sample.sampler == "waits" else { return true }
        let key = WaitKey(path: sample.path, what: sample.what)
        let known = waits[key]
        guard known != nil || budget.takeWait() else { return false }
        if known.map({ $0.sequence < sequence }) ?? true {
            waits[key] = Numbered(sequence: sequence, value: sample.count)
        }
        return true
    }

    /// Changes a path, which is made where there is room; false where there is none. `change` is told the window too.
    private mutating func withPath(
        _ id: UInt64, _ budget: inout ModelBudget, _ change: (inout PathModel, Int) -> Void
    ) -> Bool {
        let window = windows.current
        func changed(_ path: inout PathModel, _ budget: inout ModelBudget) {
            let before = path.keptBuckets
            change(&path, window)
            budget.buckets -= path.keptBuckets - before
        }
        guard budget.buckets > 0 else { return false }
        if let index = paths.index(forKey: id) {
            changed(&paths.values[index], &budget)
            return true
        }
        guard budget.takePath() else { return false }
        changed(&paths[id, default: PathModel()], &budget)
        return true
    }

    private mutating func widenWindows(from before: UInt64, _ budget: inout ModelBudget) {
        let kept = keptBuckets
        paths = paths.widened(by: Int(clamping: windows.width / before))
        budget.buckets -= keptBuckets - kept
    }

    /// Makes the windows of two parts as wide as the session's are now, both at once: it is much of the work of joining parts.
    private mutating func widenWindows(
        from before: (UInt64, UInt64), _ theirs: inout [UInt64: PathModel], _ budget: inout ModelBudget
    ) {
        let width = windows.width
        guard width != before.0 || width != before.1 else { return }
        let kept = keptBuckets
        let parts = [(paths, before.0), (theirs, before.1)]
        let widened = concurrently(2) { parts[$0].0.widened(by: Int(clamping: width / parts[$0].1)) }
        (paths, theirs) = (widened[0], widened[1])
        budget.buckets -= keptBuckets - kept
    }

    private var keptBuckets: Int { paths.values.reduce(0) { $0 + $1.keptBuckets } }
}

extension SessionModel {
    /// Tells that what follows stands in another place of the log: which window it is in is not known.
    mutating func beginPart() {
        windows.forgetCurrent()
    }

    /// Puts what no clock came before, in this part of the log, into the window that its number in the session belongs to.
    mutating func endPart(budget: inout ModelBudget) {
        let kept = keptBuckets
        for index in paths.values.indices { paths.values[index].move { windows.window(ofSequence: $0) } }
        budget.buckets -= keptBuckets - kept
    }

    /// Takes what another part of the log says about the same session, whose records all come for the first time. Returns how
    /// much was left out because a bound was reached.
    mutating func merge(_ other: consuming SessionModel, budget: inout ModelBudget) -> UInt64 {
        var other = other
        var leftOut: UInt64 = 0
        announcement = announcement ?? other.announcement
        if let clock = other.firstClock,
            firstClock.map({ $0.monotonicNanoseconds > clock.monotonicNanoseconds }) ?? true
        {
            firstClock = clock
        }
        if let clock = other.lastClock, lastClock.map({ $0.monotonicNanoseconds <= clock.monotonicNanoseconds }) ?? true
        {
            lastClock = clock
        }
        if let leads = other.clockLeads { clockLeads = .union(clockLeads, leads) }
        if let newer = other.drops, drops?.take(newer) == nil { drops = newer }
        end = other.end ?? end
        leftOut += details.merge(other.details, budget: &budget.details)
        leftOut += symbols.merge(other.symbols, budget: &budget)
        leftOut += stacks.merge(other.stacks, budget: &budget)
        let widths = (windows.width, other.windows.width)
        windows.merge(other.windows)
        widenWindows(from: widths, &other.paths, &budget)
        for index in other.paths.values.indices {
            other.paths.values[index].move { windows.window(ofSequence: $0) }
        }
        for (id, callsite) in other.callsites {
            if callsites[id] != nil || budget.takeCallsite() { callsites[id] = callsite } else { leftOut += 1 }
        }
        for (id, path) in other.paths where !withPath(id, &budget, { mine, _ in mine.merge(path) }) { leftOut += 1 }
        for (key, count) in other.errorTypes {
            let isTaken = withErrors(key, &budget) { mine in
                mine.spans = saturatingSum(mine.spans, count.spans)
                if let stated = count.stated, mine.stated?.take(stated) == nil { mine.stated = stated }
            }
            if !isTaken { leftOut += 1 }
        }
        for (key, count) in other.waits {
            if waits[key]?.take(count) == nil {
                if budget.takeWait() { waits[key] = count } else { leftOut += 1 }
            }
        }
        origin.merge(other.origin)
        for (input, records) in other.recordsByInput { recordsByInput[input, default: 0] += records }
        boundWindows(&budget)
        if let theirs = other.earlier.first, !earlier.isEmpty { leftOut += earlier[0].merge(theirs, budget: &budget) }
        return leftOut
    }

    /// By how much the wall clock moved against the monotonic one, nanoseconds; 0 where that is less than a second.
    ///
    /// Both follow the same discipline, so that they part only where the wall clock is set or the machine sleeps. They are not read
    /// at one instant: a thread that loses the processor in between makes up to a second, and a lesser jump misleads nobody.
    var clockJumpNanoseconds: UInt64 {
        guard let clockLeads else { return 0 }
        let jump = UInt64(bitPattern: clockLeads.upperBound &- clockLeads.lowerBound)
        return jump < 1_000_000_000 ? 0 : jump
    }

    /// Returns the session with what its records of the stretch of time that is asked for say; nil: it has none.
    func withoutEarlier() -> SessionModel? {
        guard bounds != .all else { return self }
        guard firstClock != nil else { return nil }
        var session = self
        guard let before = earlier.first else { return session }
        for (id, path) in before.paths {
            session.paths[id]?.subtract(path, ticksPerSecond: lastClock?.ticksPerSecond ?? 0)
        }
        for (key, count) in before.errorTypes {
            if let stated = count.stated { session.errorTypes[key]?.stated?.subtract(stated) }
        }
        for (key, count) in before.waits { session.waits[key]?.subtract(count) }
        session.stacks.subtract(before.stacks)
        session.details.subtract(before.details)
        if let lost = before.drops { session.drops?.value.subtract(lost.value) }
        return session
    }
}

extension SessionModel.Numbered<UInt64> {
    /// Takes an earlier state of the same counter away.
    mutating func subtract(_ earlier: Self) { value = value > earlier.value ? value - earlier.value : 0 }
}

extension DropsRecord {
    /// Takes an earlier state of the same counters away.
    fileprivate mutating func subtract(_ earlier: DropsRecord) {
        for counter in [\DropsRecord.lines, \.spans, \.paths, \.misused, \.requests, \.clockSteps] {
            let before = earlier[keyPath: counter]
            self[keyPath: counter] = self[keyPath: counter] > before ? self[keyPath: counter] - before : 0
        }
    }
}

extension SessionModel: CarriedByMembers {
    static var blank: SessionModel { SessionModel(tag: 0, firstInput: 0) }

    /// Everything of a session that stands in one input, whose records are all asked for.
    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&tag)
        try carrier(&announcement)
        try carrier(&callsites)
        try carrier(&paths)
        try carrier(&errorTypes)
        try carrier(&waits)
        try carrier(&stacks)
        try carrier(&symbols)
        try carrier(&firstClock)
        try carrier(&lastClock)
        var leads = clockLeads.map { [UInt64(bitPattern: $0.lowerBound), UInt64(bitPattern: $0.upperBound)] } ?? []
        try carrier(&leads)
        if carrier.isReading { clockLeads = try Self.clockLeads(of: leads, carrier) }
        try carrier(&drops)
        try carrier(&end)
        try carrier(&windows)
        try carrier(&details)
        try carrier(&origin)
        try carrier(&sequences)
        var records = recordCount
        try carrier(&records)
        try carrier.require(records <= InputSummary.mostOfAPartial, "a log has too many records")
        if carrier.isReading { recordsByInput = [firstInput: records] }
        for path in paths.values {
            try carrier.require(path.windows.allSatisfy { windows.has($0.window) }, "a window of time is of no flush")
        }
    }

    private static func clockLeads(
        of bounds: [UInt64], _ carrier: PartialCarrier
    ) throws(PartialError) -> ClosedRange<Int64>? {
        if bounds.isEmpty { return nil }
        let signed = bounds.map(Int64.init(bitPattern:))
        guard signed.count == 2, signed[0] <= signed[1] else { throw carrier.fault("a lead of clocks has two bounds") }
        return signed[0]...signed[1]
    }

    /// How many records were taken of it, in all inputs.
    var recordCount: UInt64 { recordsByInput.values.reduce(0, +) }

    /// Returns the session of one input as one of another.
    func placed(in index: Int) -> SessionModel {
        placed(in: index, records: [index: recordCount], origin: origin.placed(in: index))
    }

    /// Returns the session as one that begins in another input.
    ///
    /// - Parameters:
    ///   - records: how many of its records stand in each input.
    ///   - origin: where they stand.
    func placed(in index: Int, records: [Int: UInt64], origin: SessionOrigin) -> SessionModel {
        var session = self
        session.firstInput = index
        session.recordsByInput = records
        session.origin = origin
        return session
    }
}

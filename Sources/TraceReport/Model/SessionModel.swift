import TraceLog

/// What the log says about one session: a process from bootstrap to end.
struct SessionModel {
    /// The session's tag.
    let tag: UInt64
    /// Which input its first record stood in.
    let firstInput: Int
    /// Who writes; nil until a `session` record came. Without one the records are set apart: the tag alone proves
    /// nothing.
    private(set) var announcement: SessionRecord?
    private(set) var callsites: [UInt64: CallsiteRecord] = [:]
    private(set) var paths: [UInt64: PathModel] = [:]
    /// Newest count by path and error type.
    private(set) var errorTypes: [ErrorKey: Numbered<UInt64>] = [:]
    /// Newest count by path and what a thread was seen doing, from the sampler `waits`.
    private(set) var waits: [WaitKey: Numbered<UInt64>] = [:]
    /// What the sampler of stacks counted.
    private(set) var stacks = StackCounts()
    /// The modules and functions that samples were taken in.
    private(set) var symbols: SymbolModel
    private(set) var firstClock: ClockRecord?
    private(set) var lastClock: ClockRecord?
    private(set) var drops: Numbered<DropsRecord>?
    private(set) var end: EndRecord?
    /// Single requests, open spans and resources.
    private(set) var details = SessionDetails()
    /// Sequence numbers seen.
    var sequences = SequenceSet()
    /// Records taken, by input.
    var recordsByInput: [Int: UInt64] = [:]

    /// A path and the type of an error that ended its spans.
    struct ErrorKey: Hashable {
        var path: UInt64
        var type: String
    }

    /// A path and what its threads were seen doing.
    struct WaitKey: Hashable {
        var path: UInt64
        var what: String
    }

    /// A value and the sequence number of the record it came in.
    struct Numbered<Value> {
        var sequence: UInt64
        var value: Value
    }

    init(tag: UInt64, firstInput: Int, symbolSource: (any SymbolSource)? = nil) {
        self.tag = tag
        symbols = SymbolModel(source: symbolSource)
        self.firstInput = firstInput
    }

    /// Takes a record in; false where a bound was reached and it was left out.
    mutating func take(_ record: Record, sequence: UInt64, budget: inout ModelBudget) -> Bool {
        switch record {
        case .session(let session): if announcement == nil { announcement = session }
        case .clock(let clock):
            take(clock)
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
        case .path(let node): return withPath(node.id, &budget) { $0.node = node }
        case .stats(let stats): return withPath(stats.path, &budget) { $0.take(stats, sequence: sequence) }
        case .buckets(let piece): return withPath(piece.path, &budget) { $0.take(piece, sequence: sequence) }
        case .span(let span):
            guard withPath(span.path, &budget, { $0.add(span) }) else { return false }
            return span.error.isEmpty || addSpanError(span, budget: &budget)
        }
        return true
    }

    private mutating func take(_ clock: ClockRecord) {
        if firstClock.map({ $0.monotonicNanoseconds > clock.monotonicNanoseconds }) ?? true { firstClock = clock }
        if lastClock.map({ $0.monotonicNanoseconds <= clock.monotonicNanoseconds }) ?? true { lastClock = clock }
    }

    private mutating func take(_ errors: ErrorsRecord, sequence: UInt64, budget: inout ModelBudget) -> Bool {
        let key = ErrorKey(path: errors.path, type: errors.type)
        guard let known = errorTypes[key] else {
            guard budget.takeErrorType() else { return false }
            errorTypes[key] = Numbered(sequence: sequence, value: errors.count)
            return true
        }
        if known.sequence < sequence { errorTypes[key] = Numbered(sequence: sequence, value: errors.count) }
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

    private mutating func addSpanError(_ span: SpanRecord, budget: inout ModelBudget) -> Bool {
        let key = ErrorKey(path: span.path, type: span.error)
        let known = errorTypes[key]?.value ?? 0
        guard known > 0 || budget.takeErrorType() else { return false }
        errorTypes[key] = Numbered(sequence: 0, value: saturatingSum(known, 1))
        return true
    }

    /// Changes a path, which is made where there is room; false where there is none.
    private mutating func withPath(
        _ id: UInt64, _ budget: inout ModelBudget, _ change: (inout PathModel) -> Void
    ) -> Bool {
        func changed(_ path: inout PathModel, _ budget: inout ModelBudget) {
            let before = path.durations.bucketsInUse
            change(&path)
            budget.buckets -= path.durations.bucketsInUse - before
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
}

/// What may still be kept, see ``Limits``.
struct ModelBudget {
    private var paths: Int
    private var callsites: Int
    private var errorTypes: Int
    private var waits: Int
    private var stacks: Int
    private var stackAddresses: Int
    private var modules: Int
    private var symbols: Int
    var buckets: Int
    var details: DetailBudget

    init(_ limits: Limits) {
        paths = limits.paths
        callsites = limits.callsites
        errorTypes = limits.errorTypes
        waits = limits.waits
        stacks = limits.stacks
        stackAddresses = limits.stackAddresses
        modules = limits.modules
        symbols = limits.symbols
        buckets = limits.buckets
        details = DetailBudget(limits)
    }

    mutating func takePath() -> Bool { Self.take(&paths) }
    mutating func takeCallsite() -> Bool { Self.take(&callsites) }
    mutating func takeErrorType() -> Bool { Self.take(&errorTypes) }

    mutating func takeWait() -> Bool { Self.take(&waits) }
    mutating func takeModule() -> Bool { Self.take(&modules) }
    mutating func takeSymbol() -> Bool { Self.take(&symbols) }

    /// Takes room for a stack; false where there is none for it or for its addresses.
    mutating func takeStack(addresses: Int) -> Bool {
        guard addresses <= stackAddresses, Self.take(&stacks) else { return false }
        stackAddresses -= addresses
        return true
    }

    private static func take(_ left: inout Int) -> Bool {
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}

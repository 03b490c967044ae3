import TraceLog

/// What a session says about its use of resources: counters that probes read, and what requests used beside time.
struct ResourceModel {
    /// Newest record by path of a root.
    private(set) var usages: [UInt64: SessionModel.Numbered<UsageRecord>] = [:]
    private(set) var counters: [CounterKey: CounterModel] = [:]
    /// The flush that was read last.
    private var clock: CounterModel.Flush?
    /// The first and the last flush of what was read, by sequence number.
    private var clocks: (first: CounterModel.Flush, last: CounterModel.Flush)?

    /// A counter of a probe.
    struct CounterKey: Hashable {
        var probe: String
        var name: String
    }

    /// Takes what the requests of a root used; false where a bound was reached and it was left out.
    mutating func take(_ usage: UsageRecord, sequence: UInt64, budget: inout DetailBudget) -> Bool {
        let known = usages[usage.path]
        guard known != nil || budget.takeUsage() else { return false }
        if known.map({ $0.sequence < sequence }) ?? true {
            usages[usage.path] = SessionModel.Numbered(sequence: sequence, value: usage)
        }
        return true
    }

    /// Takes a probe's counters; false where a bound was reached and some were left out.
    mutating func take(_ probe: ProbeRecord, sequence: UInt64, budget: inout DetailBudget) -> Bool {
        var areTaken = true
        for counter in probe.counters {
            let reading = CounterModel.Reading(sequence: sequence, value: counter.value, flush: clock)
            let key = CounterKey(probe: probe.name, name: counter.name)
            if let index = counters.index(forKey: key) {
                counters.values[index].merge(CounterModel(reading))
            } else if budget.takeCounter() {
                counters[key] = CounterModel(reading)
            } else {
                areTaken = false
            }
        }
        return areTaken
    }

    /// Takes what requests had used at an earlier flush away.
    mutating func subtract(_ earlier: ResourceModel) {
        let fields: [WritableKeyPath<UsageRecord, UInt64>] = [
            \.minorFaults, \.majorFaults, \.voluntarySwitches, \.involuntarySwitches, \.blocksIn, \.blocksOut,
        ]
        for (path, before) in earlier.usages {
            for field in fields {
                let now = usages[path]?.value[keyPath: field] ?? 0
                let then = before.value[keyPath: field]
                usages[path]?.value[keyPath: field] = now > then ? now - then : 0
            }
        }
    }

    /// Notes that a flush begins: the counters after it were read then.
    mutating func take(_ record: ClockRecord, sequence: UInt64) {
        let flush = CounterModel.Flush(sequence: sequence, monotonicNanoseconds: record.monotonicNanoseconds)
        clock = flush
        note(flush)
    }

    private mutating func note(_ flush: CounterModel.Flush) {
        let known = clocks ?? (flush, flush)
        clocks = (
            flush.sequence < known.first.sequence ? flush : known.first,
            flush.sequence > known.last.sequence ? flush : known.last
        )
    }

    /// Returns how much a counter grew a second; nil where it fell, or was read only once. The flushes of its first and last
    /// reading may have been read after them, where the end of a log was read first.
    func growthPerSecond(of counter: CounterModel) -> Double? {
        var counter = counter
        if let clocks {
            counter.consider(clocks.first)
            counter.consider(clocks.last)
        }
        return counter.growthPerSecond
    }

    /// Adds what another reader found in a later part of the log. Returns how many roots' use and counters were left out because
    /// a bound was reached.
    mutating func merge(_ other: ResourceModel, budget: inout DetailBudget) -> UInt64 {
        var leftOut: UInt64 = 0
        for (_, usage) in other.usages where !take(usage.value, sequence: usage.sequence, budget: &budget) {
            leftOut += 1
        }
        for (key, counter) in other.counters {
            var counter = counter
            if let clock { counter.consider(clock) }
            if let index = counters.index(forKey: key) {
                counters.values[index].merge(counter)
            } else if budget.takeCounter() {
                counters[key] = counter
            } else {
                leftOut += 1
            }
        }
        clock = other.clock ?? clock
        if let others = other.clocks {
            note(others.first)
            note(others.last)
        }
        return leftOut
    }
}

/// The readings of a counter.
struct CounterModel: Equatable {
    /// The first and the last reading, by sequence number.
    private(set) var first: Reading
    private(set) var last: Reading
    private(set) var minimum: UInt64
    private(set) var maximum: UInt64
    private(set) var count: UInt64 = 1
    /// Whether a later reading was seen to be lower than an earlier one.
    private var hasFallen = false

    /// The beginning of a flush.
    struct Flush: Equatable {
        var sequence: UInt64
        var monotonicNanoseconds: UInt64
    }

    /// A value, the sequence number of its record, and the flush it was read at.
    struct Reading: Equatable {
        private(set) var sequence: UInt64
        private(set) var value: UInt64
        private(set) var flush: Flush?

        init(sequence: UInt64, value: UInt64, flush: Flush?) {
            self.sequence = sequence
            self.value = value
            if let flush { consider(flush) }
        }

        /// Takes the flush where it is the newest before the reading.
        mutating func consider(_ other: Flush) {
            guard other.sequence < sequence, flush.map({ $0.sequence < other.sequence }) ?? true else { return }
            flush = other
        }
    }

    init(_ reading: Reading) {
        first = reading
        last = reading
        minimum = reading.value
        maximum = reading.value
    }

    /// Whether it never fell: a sum that grows.
    var onlyGrows: Bool { !hasFallen && minimum == first.value && maximum == last.value }

    /// How much it grew a second; nil where it fell, or was read only once.
    var growthPerSecond: Double? {
        guard onlyGrows, let begin = first.flush?.monotonicNanoseconds, let end = last.flush?.monotonicNanoseconds,
            end > begin
        else { return nil }
        return Double(last.value - first.value) * 1e9 / Double(end - begin)
    }

    /// Takes the flush for those of its readings that it is the newest before.
    mutating func consider(_ flush: Flush) {
        first.consider(flush)
        last.consider(flush)
    }

    /// Adds other readings of the counter. Each pair of neighbours is compared where they come in order.
    mutating func merge(_ other: CounterModel) {
        let isLater = last.sequence < other.first.sequence
        if isLater, other.first.value < last.value { hasFallen = true }
        if other.last.sequence < first.sequence, first.value < other.last.value { hasFallen = true }
        hasFallen = hasFallen || other.hasFallen
        if other.first.sequence < first.sequence { first = other.first }
        if other.last.sequence > last.sequence { last = other.last }
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        count = saturatingSum(count, other.count)
    }
}

extension ResourceModel: CarriedByMembers {
    static let blank = ResourceModel()

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&usages)
        try carrier(&counters)
        try carrier(&clock)
        var ends = clocks.map { [$0.first, $0.last] } ?? []
        try carrier(&ends)
        try carrier.require(ends.isEmpty || ends.count == 2, "flushes have two ends")
        clocks = ends.first.flatMap { first in ends.last.map { (first, $0) } }
    }
}

extension ResourceModel.CounterKey: CarriedByMembers, Comparable {
    static let blank = ResourceModel.CounterKey(probe: "", name: "")

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&probe)
        try carrier(&name)
    }

    static func < (left: ResourceModel.CounterKey, right: ResourceModel.CounterKey) -> Bool {
        (left.probe, left.name) < (right.probe, right.name)
    }
}

extension CounterModel: CarriedByMembers {
    static let blank = CounterModel(.blank)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&first)
        try carrier(&last)
        try carrier(&minimum)
        try carrier(&maximum)
        try carrier(&count)
        try carrier(&hasFallen)
        try carrier.require(
            minimum <= min(first.value, last.value) && max(first.value, last.value) <= maximum,
            "a counter is outside of its bounds")
    }
}

extension CounterModel.Reading: CarriedByMembers {
    static let blank = CounterModel.Reading(sequence: 0, value: 0, flush: nil)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&sequence)
        try carrier(&value)
        try carrier(&flush)
    }
}

extension CounterModel.Flush: CarriedByMembers {
    static let blank = CounterModel.Flush(sequence: 0, monotonicNanoseconds: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&sequence)
        try carrier(&monotonicNanoseconds)
    }
}

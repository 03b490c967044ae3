import TraceLog

/// The spans of one session that were open at its last flush, or when it crashed.
///
/// After a crash at most one more flush follows, so what was open then stands between the last two `clock` records, and
/// whatever is older is forgotten.
struct OpenSpanModel {
    /// An `open` record and its sequence number.
    fileprivate struct Entry: Equatable {
        var sequence: UInt64
        var span: OpenRecord
    }

    private var entries: [Entry] = []
    /// The sequence numbers of the newest `clock` record and of the one before it.
    private var newestClock: UInt64?
    private var olderClock: UInt64?
    /// The newest `crash` record and its sequence number.
    private(set) var crash: (sequence: UInt64, record: CrashRecord)?

    /// A flush writes 64 and a crash 256.
    private static let maximumEntries = 1_024

    /// The spans that were open, without those that two threads wrote at once.
    var spans: [OpenRecord] {
        let begin = crash.map { max($0.sequence, olderClock ?? 0) } ?? newestClock ?? 0
        var found: [OpenRecord] = []
        for entry in entries.sorted(by: { $0.sequence < $1.sequence }) where entry.sequence > begin {
            if !found.contains(where: { Self.isSame($0, entry.span) }) { found.append(entry.span) }
        }
        return found
    }

    /// Takes a span in; false where a bound was reached and it, or an older one, was left out.
    mutating func take(_ span: OpenRecord, sequence: UInt64, budget: inout DetailBudget) -> Bool {
        if let olderClock, sequence < olderClock { return true }
        if entries.count >= Self.maximumEntries {
            guard let oldest = entries.indices.min(by: { entries[$0].sequence < entries[$1].sequence }),
                entries[oldest].sequence < sequence
            else { return false }
            entries[oldest] = Entry(sequence: sequence, span: span)
            return false
        }
        guard budget.takeOpenSpan() else { return false }
        entries.append(Entry(sequence: sequence, span: span))
        return true
    }

    /// Notes that a flush begins.
    mutating func takeClock(sequence: UInt64, budget: inout DetailBudget) {
        if newestClock.map({ $0 < sequence }) ?? true {
            olderClock = newestClock
            newestClock = sequence
        } else if olderClock.map({ $0 < sequence }) ?? true, sequence != newestClock {
            olderClock = sequence
        }
        guard !entries.isEmpty, let olderClock else { return }
        let before = entries.count
        entries.removeAll { $0.sequence < olderClock }
        budget.giveBackOpenSpans(before - entries.count)
    }

    /// Notes a crash.
    mutating func take(_ record: CrashRecord, sequence: UInt64) {
        if crash.map({ $0.sequence < sequence }) ?? true { crash = (sequence, record) }
    }

    /// Adds what another reader found in a later part of the log. Returns how many spans were left out because a bound was
    /// reached.
    mutating func merge(_ other: OpenSpanModel, budget: inout DetailBudget) -> UInt64 {
        var leftOut: UInt64 = 0
        for clock in [other.olderClock, other.newestClock] {
            if let clock { takeClock(sequence: clock, budget: &budget) }
        }
        if let crash = other.crash { take(crash.record, sequence: crash.sequence) }
        for entry in other.entries where !take(entry.span, sequence: entry.sequence, budget: &budget) { leftOut += 1 }
        return leftOut
    }

    /// Whether two records are of one span: a flush under way may go on beside the thread that crashed. A thread has a
    /// path open once; of async spans, the begin tells.
    private static func isSame(_ left: OpenRecord, _ right: OpenRecord) -> Bool {
        left.path == right.path && left.request == right.request && left.thread == right.thread
            && (left.thread != 0 || left.startNanoseconds == right.startNanoseconds)
    }
}

extension OpenSpanModel: CarriedByMembers {
    static let blank = OpenSpanModel()

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&entries)
        try carrier(&newestClock)
        try carrier(&olderClock)
        var numbered = crash.map { SessionModel.Numbered(sequence: $0.sequence, value: $0.record) }
        try carrier(&numbered)
        crash = numbered.map { ($0.sequence, $0.value) }
        try carrier.require(entries.count <= Self.maximumEntries, "too many spans are open")
    }
}

extension OpenSpanModel.Entry: CarriedByMembers {
    static let blank = OpenSpanModel.Entry(sequence: 0, span: .blank)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&sequence)
        try carrier(&span)
    }
}

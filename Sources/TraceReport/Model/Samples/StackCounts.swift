import TraceLog

/// How often each stack was seen in one session, as its sampler of stacks counted.
///
/// Counts are cumulative: of records of the same path, thing and stack the newest one holds everything.
struct StackCounts {
    /// What has a counter of its own.
    struct Key: Hashable {
        var path: UInt64
        var what: String
        var stack: SampleRecord.Stack?
    }

    /// The sampler whose records these are.
    static let sampler = "stacks"

    /// Newest count of each.
    private(set) var counts: [Key: SessionModel.Numbered<UInt64>] = [:]

    /// Takes a record in; false where there is no room for a further stack.
    mutating func take(_ sample: SampleRecord, sequence: UInt64, budget: inout ModelBudget) -> Bool {
        let key = Key(path: sample.path, what: sample.what, stack: sample.stack)
        if let index = counts.index(forKey: key) {
            if counts.values[index].sequence < sequence {
                counts.values[index] = SessionModel.Numbered(sequence: sequence, value: sample.count)
            }
            return true
        }
        let addresses = (sample.stack?.frames.count ?? 0) + (sample.stack?.callers.count ?? 0)
        guard budget.takeStack(addresses: addresses) else { return false }
        counts[key] = SessionModel.Numbered(sequence: sequence, value: sample.count)
        return true
    }

    /// Takes the counts of another part of the log in. Returns how many there was no room for.
    mutating func merge(_ other: StackCounts, budget: inout ModelBudget) -> UInt64 {
        var leftOut: UInt64 = 0
        for (key, count) in other.counts where counts[key]?.take(count) == nil {
            let addresses = (key.stack?.frames.count ?? 0) + (key.stack?.callers.count ?? 0)
            if budget.takeStack(addresses: addresses) { counts[key] = count } else { leftOut += 1 }
        }
        return leftOut
    }

    /// Takes an earlier state of the same counters away.
    mutating func subtract(_ earlier: StackCounts) {
        for (key, count) in earlier.counts { counts[key]?.subtract(count) }
    }
}

/// As a list, in the order of the keys.
extension StackCounts: CarriedByMembers {
    static let blank = StackCounts()

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&counts)
    }
}

extension StackCounts.Key: CarriedByMembers, Comparable {
    static let blank = StackCounts.Key(path: 0, what: "")

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&path)
        try carrier(&what)
        try carrier(&stack)
    }

    /// By path, what was seen, and the addresses.
    static func < (left: StackCounts.Key, right: StackCounts.Key) -> Bool {
        guard (left.path, left.what) == (right.path, right.what) else {
            return (left.path, left.what) < (right.path, right.what)
        }
        return left.numbers.lexicographicallyPrecedes(right.numbers)
    }

    private var numbers: [UInt64] {
        guard let stack else { return [] }
        return [stack.isCut ? 1 : 0, stack.isPhysicalOnly ? 1 : 0, UInt64(stack.frames.count)]
            + stack.frames.map(\.rawValue) + stack.callers.map(\.rawValue)
    }
}

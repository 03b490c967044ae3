/// A run of equal elements in both sequences.
struct SequenceMatch: Equatable, Sendable {
    /// Index of the run's first element in the old sequence.
    let old: Int
    /// Index of the run's first element in the new sequence.
    let new: Int
    /// Number of elements, at least 1.
    let count: Int
}

extension [SequenceMatch] {
    /// Adds a run that lies behind all others, joined to the last one where it continues it in both sequences.
    mutating func append(old: Int, new: Int, count runLength: Int) {
        guard runLength > 0 else { return }
        if let last, last.old + last.count == old, last.new + last.count == new {
            self[count - 1] = SequenceMatch(old: last.old, new: last.new, count: last.count + runLength)
        } else {
            append(SequenceMatch(old: old, new: new, count: runLength))
        }
    }
}

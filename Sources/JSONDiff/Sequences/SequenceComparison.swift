/// Compares two sequences of 64-bit hashes; equal hashes are equal elements.
///
/// Neither of the functions recurses. Both expect hashes that are well mixed, such as those of a keyed hash:
/// hashes chosen by an adversary who knows how the table places them may take quadratic time.
enum SequenceComparison {
    /// Matches in order; what is between them was removed from `old` or added in `new`.
    ///
    /// Always an edit script: elements of a match are equal, indices grow strictly in both sequences, and no
    /// match continues the one before it. With the common prefix and suffix off, it is minimal if
    ///
    /// - one of the sequences has at most 64 elements left, or
    /// - their lengths multiplied are at most 2^20 (1,024 against 1,024), or
    /// - no element that is left occurs exactly once on both sides, and at most `2 * bound` of the elements that
    ///   both sides have are to be removed or added. The bound is the square root of the number of those elements,
    ///   between 256 and 1,024.
    ///
    /// Elsewhere most of the elements that are unique on both sides and in the same order stay matched, the gaps
    /// between them are compared by these same rules, and where more edits are needed the script is only short.
    ///
    /// Time: a pass over both for the common ends; O(n log n) for the rest with unique elements, at worst
    /// O(n * bound). Memory: at most 22 bytes an element of both sequences between the common ends
    /// (26 if nearly all of one side stands against at most 64 elements of the other), and the result.
    ///
    /// - Parameters:
    ///   - old: Fewer than 2^31 elements, borrowed for the call.
    ///   - new: Likewise.
    static func matches(
        _ old: UnsafeBufferPointer<UInt64>, _ new: UnsafeBufferPointer<UInt64>
    ) -> [SequenceMatch] {
        matches(old, new, limits: .standard)
    }

    static func matches(
        _ old: UnsafeBufferPointer<UInt64>, _ new: UnsafeBufferPointer<UInt64>, limits: SequenceLimits
    ) -> [SequenceMatch] {
        guard let oldBase = old.baseAddress, let newBase = new.baseAddress else { return [] }
        var middle = EditBox(
            start: EditPoint(first: 0, second: 0), end: EditPoint(first: old.count, second: new.count))
        let (prefix, suffix) = middle.trim(oldBase, newBase)
        var matches: [SequenceMatch] = []
        matches.append(old: 0, new: 0, count: prefix)
        if !middle.isEmpty {
            appendMatches(in: middle, old, new, limits, to: &matches)
        }
        matches.append(old: middle.end.first, new: middle.end.second, count: suffix)
        return matches
    }

    private static func appendMatches(
        in box: EditBox, _ old: UnsafeBufferPointer<UInt64>, _ new: UnsafeBufferPointer<UInt64>,
        _ limits: SequenceLimits, to matches: inout [SequenceMatch]
    ) {
        let start = box.start
        let oldRange = UnsafeBufferPointer(rebasing: old[start.first..<box.end.first])
        let newRange = UnsafeBufferPointer(rebasing: new[start.second..<box.end.second])
        if oldRange.count <= newRange.count {
            var alignment = SequenceAlignment(oldRange, newRange, limits: limits)
            alignment.run()
            alignment.forEachMatch { matches.append(old: start.first + $0, new: start.second + $1, count: 1) }
        } else {
            var alignment = SequenceAlignment(newRange, oldRange, limits: limits)
            alignment.run()
            alignment.forEachMatch { matches.append(old: start.first + $1, new: start.second + $0, count: 1) }
        }
    }
}

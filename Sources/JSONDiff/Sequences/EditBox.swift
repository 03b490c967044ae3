/// A point of the edit graph: how many elements of either sequence lie before it.
struct EditPoint: Equatable, Sendable {
    var first: Int
    var second: Int
}

/// A box of the edit graph: a range of the first sequence against a range of the second.
struct EditBox: Equatable, Sendable {
    var start: EditPoint
    var end: EditPoint
    /// How often patience may still leave a gap of more than half of its range; see ``SequenceLimits``.
    var unevenSplits = 0

    var firstCount: Int { end.first - start.first }
    var secondCount: Int { end.second - start.second }
    var isEmpty: Bool { start.first == end.first || start.second == end.second }

    /// Takes the common prefix and suffix off, and returns their lengths.
    mutating func trim<Element: FixedWidthInteger>(
        _ first: UnsafePointer<Element>, _ second: UnsafePointer<Element>
    ) -> (prefix: Int, suffix: Int) {
        let shorter = min(firstCount, secondCount)
        let prefix = CommonEnds.prefix(first + start.first, second + start.second, limit: shorter)
        let suffix = CommonEnds.suffix(first + end.first, second + end.second, limit: shorter - prefix)
        start.first += prefix
        start.second += prefix
        end.first -= suffix
        end.second -= suffix
        return (prefix, suffix)
    }
}

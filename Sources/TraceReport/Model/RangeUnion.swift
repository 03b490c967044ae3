extension ClosedRange {
    /// Returns the least range that holds both; the other one alone where there is none yet.
    static func union(_ known: ClosedRange?, _ other: ClosedRange) -> ClosedRange {
        guard let known else { return other }
        return Swift.min(known.lowerBound, other.lowerBound)...Swift.max(known.upperBound, other.upperBound)
    }
}

/// Many tests at once: with 5 % each, some of many would cry wolf. Holm, Scandinavian Journal of Statistics 6 (1979).
enum HolmCorrection {
    /// Returns the values with which each test may be held against one level, so that in at most that share of cases any of
    /// them errs, however they depend on each other.
    static func adjusted(_ pValues: [Double]) -> [Double] {
        var adjusted = pValues
        var largest = 0.0
        for (rank, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
            largest = max(largest, min(1, pValues[index] * Double(pValues.count - rank)))
            adjusted[index] = largest
        }
        return adjusted
    }
}

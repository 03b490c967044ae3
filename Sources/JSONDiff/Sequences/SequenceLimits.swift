/// Where the comparison of two sequences goes from one algorithm to the next.
struct SequenceLimits: Sendable {
    /// Ranges whose lengths multiplied are at most this are compared exactly.
    var exactCells = 1 << 20
    /// Ranges of which one side is at most this long are compared exactly, in time linear in the other; at most 64.
    var exactColumns = 64
    /// How many times in a row patience may leave a gap of more than half of its range before Myers takes over.
    ///
    /// Keeps inputs that give up one unique element at a time from taking quadratic time.
    var unevenSplits = 16
    /// Least and greatest number of edits that Myers' search makes from either end before it gives up on minimality.
    var edits = 256...1024

    static let standard = SequenceLimits()

    func isExact(_ box: EditBox) -> Bool {
        let (shorter, longer) = (min(box.firstCount, box.secondCount), max(box.firstCount, box.secondCount))
        return shorter <= exactColumns || longer <= exactCells / shorter
    }

    /// The bound of Myers' search, as git's xdiff has it: the square root of the lengths.
    func editBound(lengths: Int) -> Int {
        let root = Int(Double(lengths).squareRoot())
        return min(max(root, edits.lowerBound), edits.upperBound)
    }
}

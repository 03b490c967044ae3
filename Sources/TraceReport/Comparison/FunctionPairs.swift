/// Which function of one report is which of another.
struct FunctionPairs {
    /// Functions of both, the largest self time after first.
    private(set) var both: [(before: FunctionSummary, after: FunctionSummary)] = []
    /// Functions of the later report only, the largest self time first.
    private(set) var new: [FunctionSummary] = []
    /// Functions of the earlier report only, the largest self time first.
    private(set) var gone: [FunctionSummary] = []

    /// A function wherever its line is.
    private struct Unplaced: Hashable {
        let name: String
        let function: String
        let file: String

        init(_ summary: FunctionSummary) {
            (name, function, file) = (summary.name, summary.function, summary.file)
        }
    }

    init(_ before: Report, _ after: Report) {
        var old = Dictionary(Self.called(before).map { ($0.place, $0) }, uniquingKeysWith: { one, _ in one })
        var unplaced: [FunctionSummary] = []
        for function in Self.called(after) {
            if let same = old.removeValue(forKey: function.place) {
                both.append((same, function))
            } else {
                unplaced.append(function)
            }
        }
        let moved = Dictionary(grouping: old.values, by: Unplaced.init)
        let counts = Dictionary(grouping: unplaced, by: Unplaced.init)
        for function in unplaced {
            let key = Unplaced(function)
            if let candidates = moved[key], let only = candidates.first, candidates.count == 1, counts[key]?.count == 1
            {
                old[only.place] = nil
                both.append((only, function))
            } else {
                new.append(function)
            }
        }
        both.sort { SortKey.selfTime.areInOrder($0.after, $1.after) }
        new.sort(by: SortKey.selfTime.areInOrder)
        gone = old.values.sorted(by: SortKey.selfTime.areInOrder)
    }

    private static func called(_ report: Report) -> [FunctionSummary] { report.functions.filter { $0.count > 0 } }
}

/// Finds the functions of a report by what a user calls them.
public struct FunctionQuery: Sendable {
    /// A span's name, or the function that opens it: `image.decode`, `decode(_:)`, `decode`.
    public let text: String

    /// Makes a query.
    public init(_ text: String) {
        self.text = text
    }

    /// Returns the places that are meant, those with the most self time first.
    ///
    /// The whole name of a span comes first, then a whole function, then a function without its parameters.
    ///
    /// - Throws: ``UnknownFunction`` with the nearest names, where nothing is meant.
    public func places(in report: Report) throws(UnknownFunction) -> [FunctionPlace] {
        let functions = report.functions.sorted(by: SortKey.selfTime.areInOrder)
        let rules: [(FunctionSummary) -> Bool] = [
            { $0.name == text }, { $0.function == text },
            { $0.function.prefix { $0 != "(" } == text },
        ]
        for rule in rules {
            let found = functions.filter(rule)
            if !found.isEmpty { return found.map(\.place) }
        }
        throw UnknownFunction(text: text, nearest: Self.nearest(to: text, in: functions))
    }

    /// Returns up to three names that differ least from `text`.
    private static func nearest(to text: String, in functions: [FunctionSummary]) -> [String] {
        let wanted = letters(of: text)
        var distances: [String: Int] = [:]
        for name in functions.flatMap({ [$0.name, $0.function] }) where !name.isEmpty && distances[name] == nil {
            let candidate = letters(of: name)
            // A part of a name is nearer than another name.
            let isPart = wanted.count >= 3 && String(candidate).contains(String(wanted))
            distances[name] = isPart ? 0 : 1 + distance(wanted, candidate)
        }
        return distances.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.prefix(3).map(\.key)
    }

    /// What of a name is compared, which bounds what comparing costs.
    private static func letters(of name: String) -> [Character] { Array(name.lowercased().prefix(64)) }

    /// How many letters have to be put in, left out or replaced to make one of the other.
    /// Source: R. A. Wagner and M. J. Fischer, The string-to-string correction problem, Journal of the ACM 21 (1974).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}

/// No function of the report is meant.
public struct UnknownFunction: Error, Equatable {
    /// What was asked for.
    public let text: String
    /// Up to three names that differ least from it.
    public let nearest: [String]
}

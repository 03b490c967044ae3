/// Finds the functions of a report by what a user calls them.
public struct FunctionQuery: Sendable {
    /// A span's name, or the function that opens it, `*` for any text and `?` for one character: `image.decode`,
    /// `decode(_:)`, `decode`, `image.*`.
    public let text: String

    /// Makes a query.
    public init(_ text: String) {
        self.text = text
    }

    /// Returns the places that are meant, those with the most self time first.
    ///
    /// The whole name of a span comes first, then a whole function, then a function without its parameters, then patterns.
    ///
    /// - Throws: ``UnknownFunction`` with the nearest names, where nothing is meant.
    public func places(in report: Report) throws(UnknownFunction) -> [FunctionPlace] {
        let functions = report.functions.sorted(by: SortKey.selfTime.areInOrder).map(\.place)
        let glob = NameGlob(text)
        let rules: [(FunctionPlace) -> Bool] = [
            { $0.name == text }, { $0.function == text }, { $0.function.prefix { $0 != "(" } == text },
            { $0.matches(glob) },
        ]
        for rule in rules {
            let found = functions.filter(rule)
            if !found.isEmpty { return found }
        }
        let names = functions.lazy.flatMap { [$0.name, $0.function] }.filter { !$0.isEmpty }
        throw UnknownFunction(text: text, nearest: NearNames.find(text, among: names))
    }
}

/// No function of the report is meant.
public struct UnknownFunction: Error, Equatable {
    /// What was asked for.
    public let text: String
    /// Up to three names that differ least from it.
    public let nearest: [String]
}

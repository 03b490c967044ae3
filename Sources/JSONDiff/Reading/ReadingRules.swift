/// What of the options decides how a text is read, and which hashes its values have.
struct ReadingRules: Sendable {
    let options: JSONOptions
    let patterns: PatternSet
    /// How many of the patterns are ``JSONOptions/ignored``; those behind are of ``JSONOptions/keys`` with a path.
    private let ignoredCount: Int
    private let keysByPattern: [Int]
    /// How the elements of arrays are compared that no pattern is for.
    let arraysAnywhere: JSONOptions.Arrays

    /// nil: there are too many patterns.
    init?(_ options: JSONOptions) {
        self.options = options
        let placed = options.keys.indices.filter { options.keys[$0].path != nil }
        guard let patterns = PatternSet(options.ignored + placed.compactMap { options.keys[$0].path }) else {
            return nil
        }
        self.patterns = patterns
        ignoredCount = options.ignored.count
        keysByPattern = placed
        arraysAnywhere = options.keys.contains { $0.path == nil } ? .multiset : options.arrays
    }

    /// Whether where a value is matters for how it is read.
    var followsPaths: Bool { ignoredCount > 0 || !keysByPattern.isEmpty }

    /// Whether there may be arrays in which the order of elements is of no meaning.
    var hasUnorderedArrays: Bool { options.arrays != .list || !options.keys.isEmpty }

    /// Whether a value is passed over.
    func ignores(_ state: UInt64) -> Bool {
        patterns.matched(state).map { $0 < ignoredCount } ?? false
    }

    /// The member by which elements of an array are known. nil: there is none.
    func key(_ state: UInt64) -> String? {
        if let pattern = patterns.matched(state), pattern >= ignoredCount {
            return options.keys[keysByPattern[pattern - ignoredCount]].name
        }
        return options.keys.first { $0.path == nil }?.name
    }

    /// How the elements of an array are compared.
    func arrays(_ state: UInt64) -> JSONOptions.Arrays {
        key(state) != nil ? .multiset : options.arrays
    }
}

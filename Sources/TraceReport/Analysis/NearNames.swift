/// Names that are like one that was given and is not there.
enum NearNames {
    /// Names that are compared, and characters of each, at most: a log may be hostile.
    private static let maximumNames = 20_000
    private static let maximumLength = 80

    /// Returns up to three names, the most similar first: those that hold the pattern's text whatever its case, and those
    /// that few insertions, deletions, replacements and swaps of neighbours make of it.
    static func find(_ pattern: String, among names: some Sequence<String>) -> [String] {
        let wanted = letters(pattern)
        guard !wanted.isEmpty else { return [] }
        var found: [(name: String, distance: Int)] = []
        for name in Set(names.prefix(maximumNames)) {
            let letters = letters(name)
            if contains(letters, wanted) {
                found.append((name, 0))
            } else {
                let distance = distance(letters, wanted)
                if distance <= max(1, wanted.count / 3) { found.append((name, distance)) }
            }
        }
        return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    private static func letters(_ name: String) -> [UInt8] {
        name.utf8.prefix(maximumLength).filter { $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: "?") }
            .map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
    }

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }

    /// The optimal string alignment distance: https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var twoBefore: [Int] = []
        var before = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let isSame = left[row] == right[column]
                var best = min(before[column + 1] + 1, current[column] + 1, before[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, twoBefore[column - 1] + 1)
                }
                current.append(best)
            }
            twoBefore = before
            before = current
        }
        return before[right.count]
    }
}

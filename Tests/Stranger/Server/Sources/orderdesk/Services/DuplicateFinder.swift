/// Finds customers who registered twice under names that differ by a slip of the pen.
struct DuplicateFinder: Sendable {
    /// Compares only names that begin alike, rather than each with each.
    let sortsFirst: Bool

    func duplicates(among customers: [Customer]) -> [Duplicate] {
        sortsFirst ? amongNeighbours(customers) : amongAll(customers)
    }

    private func amongAll(_ customers: [Customer]) -> [Duplicate] {
        var found: [Duplicate] = []
        for (index, first) in customers.enumerated() {
            let letters = Array(first.name.utf8)
            for second in customers[(index + 1)...] {
                let distance = Self.editDistance(letters, Array(second.name.utf8))
                if distance <= 2 { found.append(Duplicate(first: first.id, second: second.id, distance: distance)) }
            }
        }
        return found
    }

    private func amongNeighbours(_ customers: [Customer]) -> [Duplicate] {
        Dictionary(grouping: customers) { $0.name.prefix(12) }.values.flatMap(amongAll)
    }

    /// How many letters have to be put in, taken out or changed.
    static func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var row = Array(0...second.count)
        for (i, a) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in second.enumerated() {
                let changed = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[second.count]
    }
}

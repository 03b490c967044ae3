/// What new events add to the rollups.
struct RollupChanges {
    /// The values of red that each interval gets.
    private var added: [RollupKey: [Int]] = [:]

    /// Whether there is nothing to add.
    var isEmpty: Bool { added.isEmpty }

    /// Counts an event in all the intervals it is in: those of its client, and those of everybody.
    mutating func count(client: Int64, time: Int64, red: Int) {
        for level in RollupLevel.allCases {
            let slot = level.slot(at: time)
            for owner in [client, RollupKey.everybody] {
                let key = RollupKey(client: owner, level: level, chunk: RollupKey.whole, slot: slot)
                added[key, default: []].append(red)
            }
        }
    }

    /// The rows as they are to be.
    ///
    /// - Parameter load: Gives the rows of these keys that there are.
    func rows(
        load: ([RollupKey]) throws -> [RollupKey: RollupRow]
    ) throws -> [(key: RollupKey, row: RollupRow)] {
        let wholes = try load(Array(added.keys))
        var result: [(key: RollupKey, row: RollupRow)] = []
        var parts: [RollupKey: RedHistogram] = [:]
        for (key, values) in added {
            let new = RedHistogram(values)
            let old = wholes[key]
            var counts = try old.map { try IntervalCounts($0.bytes) } ?? .all(RedHistogram())
            counts.add(new, key) { parts[$0] = $1 }
            result.append((key, RollupRow(count: (old?.count ?? 0) + new.count, bytes: counts.bytes)))
        }
        let old = parts.isEmpty ? [:] : try load(Array(parts.keys))
        for (key, new) in parts {
            var sum = try old[key].map { try RedHistogram(bytes: $0.bytes) } ?? RedHistogram()
            sum.add(new)
            result.append((key, RollupRow(count: sum.count, bytes: sum.bytes)))
        }
        return result
    }
}

extension IntervalCounts {
    /// Adds values; those that belong into chunks of their own are given to `part`, to be added to what is there.
    fileprivate mutating func add(_ new: RedHistogram, _ key: RollupKey, part: (RollupKey, RedHistogram) -> Void) {
        switch self {
        case .all(var histogram):
            histogram.add(new)
            self = .all(histogram)
            guard histogram.entries.count > Self.mostValues else { return }
            // From here on in chunks, of which there are none yet.
            self = .chunks(Self.split(histogram, key, part: part, into: []))
        case .chunks(let counts):
            self = .chunks(Self.split(new, key, part: part, into: counts))
        }
    }

    private static func split(
        _ histogram: RedHistogram, _ key: RollupKey, part: (RollupKey, RedHistogram) -> Void, into counts: [Int]
    ) -> [Int] {
        var counts = counts
        var rest = histogram.entries[...]
        while let first = rest.first {
            let chunk = RollupKey.chunk(of: first.red)
            let own = rest.prefix { RollupKey.chunk(of: $0.red) == chunk }
            rest = rest.dropFirst(own.count)
            let values = RedHistogram(entries: own)
            if chunk >= counts.count { counts += Array(repeating: 0, count: chunk + 1 - counts.count) }
            counts[chunk] += values.count
            part(key.part(chunk), values)
        }
        return counts
    }
}

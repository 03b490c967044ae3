/// What new events add to the rollups.
struct RollupChanges {
    typealias Rows = [(key: RollupKey, row: RollupRow)]
    /// Gives the rows of these keys that there are.
    typealias Load = ([RollupKey]) throws -> [RollupKey: RollupRow]

    /// The values that each interval, and each hour's page, gets.
    private var added: [RollupKey: [Int]] = [:]

    /// Whether there is nothing to add.
    var isEmpty: Bool { added.isEmpty }

    /// Counts an event in all the intervals it is in: those of its client, and those of everybody.
    mutating func count(client: Int64, time: Int64, red: Int) {
        let hour = RollupLevel.hour.slot(at: time)
        let day = RollupLevel.day.slot(at: time)
        let month = RollupLevel.month.slot(at: time)
        let value = HourPage.value(minute: RollupLevel.minute.slot(at: time), red: red)
        for client in [client, RollupKey.everybody] {
            func whole(_ level: RollupLevel, _ slot: Int64) -> RollupKey {
                RollupKey(client: client, level: level, chunk: RollupKey.whole, slot: slot)
            }
            added[whole(.hour, hour), default: []].append(red)
            added[whole(.day, day), default: []].append(red)
            added[whole(.month, month), default: []].append(red)
            let page = RollupKey(client: client, level: .minute, chunk: RollupKey.page, slot: hour)
            added[page, default: []].append(value)
        }
    }

    /// The rows as they are to be.
    func rows(load: Load) throws -> Rows {
        let old = try load(Array(added.keys))
        var wholes: [RollupKey: RedHistogram] = [:]
        var minutes: [RollupKey: RedHistogram] = [:]
        var result: Rows = []
        for (key, values) in added {
            let new = RedHistogram(values)
            if key.chunk == RollupKey.page {
                result.append((key, try Self.page(key, old[key], new, &minutes)))
            } else {
                wholes[key] = new
            }
        }
        var changes = IntervalChanges()
        for (key, new) in wholes { try changes.add(new, to: key, old[key]) }
        let oldMinutes = minutes.isEmpty ? [:] : try load(Array(minutes.keys))
        for (key, new) in minutes { try changes.add(new, to: key, oldMinutes[key]) }
        return result + (try changes.rows(load: load))
    }

    /// A page as it is to be; what does not belong into it is added to `minutes`.
    private static func page(
        _ key: RollupKey, _ old: RollupRow?, _ new: RedHistogram, _ minutes: inout [RollupKey: RedHistogram]
    ) throws -> RollupRow {
        let count = (old?.count ?? 0) + new.count
        var own = new
        var isSplit = false
        switch try old.map({ try HourPage($0.bytes) }) {
        case .all(let histogram)?: own.add(histogram)
        case .minutes?: isSplit = true
        case nil: break
        }
        guard isSplit || own.entries.count > HourPage.mostValues else {
            return RollupRow(count: count, bytes: HourPage.all(own).bytes)
        }
        var rest = own.entries[...]
        while let first = rest.first {
            let minute = HourPage.parts(first.red).minute
            let part = rest.prefix { HourPage.parts($0.red).minute == minute }
            rest = rest.dropFirst(part.count)
            let name = RollupKey(
                client: key.client, level: .minute, chunk: RollupKey.whole, slot: key.slot * 60 + minute)
            minutes[name] = RedHistogram(entries: part.map { (HourPage.parts($0.red).red, $0.count) })
        }
        return RollupRow(count: count, bytes: HourPage.minutes.bytes)
    }
}

/// What is added to intervals and their chunks.
private struct IntervalChanges {
    private var result: RollupChanges.Rows = []
    /// What chunks get.
    private var parts: [RollupKey: RedHistogram] = [:]
    /// What intervals get whose wide chunks are to become narrow ones, and how many pictures they had.
    private var refined: [RollupKey: (new: RedHistogram, count: Int)] = [:]

    /// Adds values to an interval.
    ///
    /// - Parameter old: Its row, if it has one.
    mutating func add(_ new: RedHistogram, to key: RollupKey, _ old: RollupRow?) throws {
        let count = (old?.count ?? 0) + new.count
        let width: ChunkWidth = count > ChunkWidth.mostInWide ? .narrow : .wide
        let counts: IntervalCounts
        switch try old.map({ try IntervalCounts($0.bytes) }) ?? .all(RedHistogram()) {
        case .all(var histogram):
            histogram.add(new)
            if histogram.entries.count <= IntervalCounts.mostValues {
                counts = .all(histogram)
            } else {
                // From here on in chunks, of which there are none yet.
                counts = split(histogram, key, width, into: [])
            }
        case .chunks(.wide, _) where width == .narrow:
            refined[key] = (new, count)
            return
        case .chunks(let width, let old):
            counts = split(new, key, width, into: old)
        }
        result.append((key, RollupRow(count: count, bytes: counts.bytes)))
    }

    /// The rows as they are to be.
    mutating func rows(load: RollupChanges.Load) throws -> RollupChanges.Rows {
        if !refined.isEmpty { try refine(load) }
        let old = parts.isEmpty ? [:] : try load(Array(parts.keys))
        for (key, new) in parts {
            var sum = try old[key].map { try RedHistogram(bytes: $0.bytes) } ?? RedHistogram()
            sum.add(new)
            result.append((key, RollupRow(count: sum.count, bytes: sum.bytes)))
        }
        return result
    }

    /// Takes what is in wide chunks into narrow ones, and leaves those empty.
    private mutating func refine(_ load: RollupChanges.Load) throws {
        let wide = refined.keys.flatMap { key in (0..<ChunkWidth.wide.count).map { key.part($0, .wide) } }
        let old = try load(wide)
        for (key, (new, count)) in refined {
            var sum = new
            for chunk in 0..<ChunkWidth.wide.count {
                let part = key.part(chunk, .wide)
                guard let row = old[part] else { continue }
                sum.add(try RedHistogram(bytes: row.bytes))
                result.append((part, RollupRow(count: 0, bytes: [])))
            }
            result.append((key, RollupRow(count: count, bytes: split(sum, key, .narrow, into: []).bytes)))
        }
    }

    /// Gives chunks what belongs into them, and their counts.
    private mutating func split(
        _ histogram: RedHistogram, _ key: RollupKey, _ width: ChunkWidth, into counts: [Int]
    ) -> IntervalCounts {
        var counts = counts
        var rest = histogram.entries[...]
        while let first = rest.first {
            let chunk = width.chunk(of: first.red)
            let own = rest.prefix { width.chunk(of: $0.red) == chunk }
            rest = rest.dropFirst(own.count)
            let values = RedHistogram(entries: own)
            if chunk >= counts.count { counts += Array(repeating: 0, count: chunk + 1 - counts.count) }
            counts[chunk] += values.count
            parts[key.part(chunk, width)] = values
        }
        return .chunks(width, counts)
    }
}

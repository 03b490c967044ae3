import TraceLog

/// Counts samples from the session's start, each thing seen once. Bounded: what finds no room counts as `(other)`.
struct SampleTable {
    private struct Key: Hashable {
        var sampler: String
        var path: UInt32
        var what: String
        var stack: SampleRecord.Stack?
    }

    private struct Counter {
        var count: UInt64 = 0
        var taken: UInt64 = 0
    }

    private var counters: [Key: Counter] = [:]
    private var addresses = 0
    private let maximumCounters: Int
    private let maximumAddresses: Int

    /// With the usual bounds a table holds at most some 2 MiB.
    init(maximumCounters: Int = 4096, maximumAddresses: Int = 131_072) {
        self.maximumCounters = maximumCounters
        self.maximumAddresses = maximumAddresses
    }

    /// Counts samples; `names` says where their stacks are, and hears of those that are new.
    mutating func add(_ samples: [Sample], of sampler: String, names: inout CodeNames) {
        names.becomeStale()
        for sample in samples where sample.count > 0 {
            let key = Key(
                sampler: sampler, path: sample.path?.id ?? 0, what: Self.cut(SpanText.cleaned(sample.what)),
                stack: names.stack(of: sample))
            add(sample.count, to: key, &names)
        }
    }

    private mutating func add(_ count: UInt64, to key: Key, _ names: inout CodeNames) {
        if counters[key] == nil {
            let more = (key.stack?.frames.count ?? 0) + (key.stack?.callers.count ?? 0)
            guard counters.count < maximumCounters, addresses + more <= maximumAddresses else {
                counters[Key(sampler: key.sampler, path: 0, what: "(other)"), default: Counter()].count &+= count
                return
            }
            addresses += more
            if let stack = key.stack { names.need(stack) }
        }
        counters[key, default: Counter()].count &+= count
    }

    /// A line has room for texts of 640 bytes, escaped threefold.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > 200 else { return text }
        var cut = text.prefix(200)
        while cut.utf8.count > 200 { cut.removeLast() }
        return String(cut)
    }

    /// Returns the counters that changed since the last call.
    mutating func takeChanged() -> [SampleRecord] {
        var changed: [SampleRecord] = []
        for index in counters.indices {
            let (key, counter) = counters[index]
            guard counter.count != counter.taken else { continue }
            counters.values[index].taken = counter.count
            changed.append(
                SampleRecord(
                    sampler: key.sampler, path: UInt64(key.path), what: key.what, count: counter.count,
                    stack: key.stack))
        }
        return changed
    }

    /// Makes the next call of ``takeChanged()`` give every counter again.
    mutating func startOver() {
        for index in counters.values.indices { counters.values[index].taken = 0 }
    }
}

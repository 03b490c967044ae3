import Testing

@testable import JSONDiff

@Suite("Parts of comparing sequences")
struct SequencePartsTests {
    @Test("common ends are found wherever the difference is", arguments: 0...19)
    func ends(length: Int) {
        let first = Array(0..<UInt64(length))
        for difference in 0...length {
            var second = first
            if difference < length { second[difference] = 1000 }
            first.withUnsafeBufferPointer { first in
                second.withUnsafeBufferPointer { second in
                    guard let a = first.baseAddress, let b = second.baseAddress else { return }
                    #expect(CommonEnds.prefix(a, b, limit: length) == difference)
                    let suffix = difference == length ? length : length - 1 - difference
                    #expect(CommonEnds.suffix(a + length, b + length, limit: length) == suffix)
                }
            }
        }
    }

    @Test("the increasing subsequence that is kept is a longest one", arguments: [1, 2, 3] as [UInt64])
    func increasing(seed: UInt64) {
        var generator = SequenceGenerator(seed: seed)
        for round in 0..<300 {
            let count = Int.random(in: 0...80, using: &generator)
            var values = Array(0..<UInt32(count)).shuffled(using: &generator)
            for _ in 0..<count / 4 { values[Int.random(in: 0..<count, using: &generator)] = HashIndex.none }
            let sequence = values.filter { $0 != HashIndex.none }.map(UInt64.init)
            let longest = SequenceOracle.longestCommonSubsequence(sequence, sequence.sorted())
            var memory = [UInt32](repeating: 0, count: 3 * count)
            let length = IncreasingSubsequence.keepLongest(
                &values, count: count, candidates: sequence.count, memory: &memory)
            let kept = values.filter { $0 != HashIndex.none }
            #expect(length == longest && kept.count == longest, "seed \(seed), round \(round)")
            #expect(kept == kept.sorted(), "seed \(seed), round \(round)")
        }
    }

    @Test("keys that differ have slots that differ, mixed or not", arguments: [1, 7, 1 << 32, 0x9E37_79B9_7F4A_7C15])
    func slots(step: UInt64) {
        var index = HashIndex(keys: 10)
        for count in [300, 20] {
            index.reset(keys: count)
            for ordinal in 0..<count {
                let key = UInt64(ordinal) &* step
                let slot = index.slot(of: key)
                #expect(index.entries[slot].first == HashIndex.none)
                index.entries[slot] = HashIndex.Entry(key: key, first: UInt32(ordinal), second: 0)
            }
            for ordinal in 0..<count {
                let entry = index.entries[index.slot(of: UInt64(ordinal) &* step)]
                #expect(entry.first == UInt32(ordinal))
            }
            let absent = index.entries[index.slot(of: UInt64(count) &* step)].first
            #expect(absent == HashIndex.none)
        }
    }
}

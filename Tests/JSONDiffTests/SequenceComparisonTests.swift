import Testing

@testable import JSONDiff

@Suite("Comparing sequences")
struct SequenceComparisonTests {
    /// Everything is left to Myers' algorithm.
    private static func myers(edits: ClosedRange<Int>) -> SequenceLimits {
        SequenceLimits(exactCells: 0, exactColumns: 0, unevenSplits: 0, edits: edits)
    }

    @Test(
        "short sequences get a minimal edit script",
        arguments: zip([1, 2, 3, 5, 20, 100] as [UInt64], [1, 2, 3, 4, 5, 6] as [UInt64]))
    func short(alphabet: UInt64, seed: UInt64) {
        var generator = SequenceGenerator(seed: seed)
        for round in 0..<1000 {
            let old = generator.sequence(alphabet: alphabet, length: 0...60)
            let new = generator.sequence(alphabet: alphabet, length: 0...60)
            let matches = SequenceComparison.matches(old, new)
            let place = "seed \(seed), round \(round): \(old) \(new)"
            #expect(SequenceOracle.mistake(in: matches, old, new) == nil, "\(place)")
            let longest = SequenceOracle.longestCommonSubsequence(old, new)
            #expect(SequenceOracle.matched(matches) == longest, "\(place)")
        }
    }

    @Test("sequences of several words get a minimal edit script", arguments: [1, 2, 3] as [UInt64])
    func severalWords(seed: UInt64) {
        var generator = SequenceGenerator(seed: seed)
        for round in 0..<40 {
            let alphabet = UInt64.random(in: 2...40, using: &generator)
            let old = generator.sequence(alphabet: alphabet, length: 50...260)
            let new = generator.sequence(alphabet: alphabet, length: 50...260)
            let matches = SequenceComparison.matches(old, new)
            #expect(SequenceOracle.mistake(in: matches, old, new) == nil, "seed \(seed), round \(round)")
            let longest = SequenceOracle.longestCommonSubsequence(old, new)
            #expect(SequenceOracle.matched(matches) == longest, "seed \(seed), round \(round)")
        }
    }

    @Test("64 elements against very many get a minimal edit script", arguments: [true, false])
    func thin(isOldShort: Bool) {
        var generator = SequenceGenerator(seed: 7)
        let short = generator.sequence(alphabet: 200, length: 64...64)
        let long = generator.sequence(alphabet: 200, length: 20_000...20_000)
        let (old, new) = isOldShort ? (short, long) : (long, short)
        let matches = SequenceComparison.matches(old, new)
        #expect(SequenceOracle.mistake(in: matches, old, new) == nil)
        #expect(SequenceOracle.matched(matches) == SequenceOracle.longestCommonSubsequence(old, new))
    }

    @Test("Myers' search is minimal below its bound", arguments: [2, 3, 8, 50] as [UInt64])
    func myers(alphabet: UInt64) {
        var generator = SequenceGenerator(seed: alphabet)
        for round in 0..<1000 {
            let old = generator.sequence(alphabet: alphabet, length: 0...60)
            let new =
                round.isMultiple(of: 2)
                ? generator.sequence(alphabet: alphabet, length: 0...60)
                : generator.edited(old, edits: 6, alphabet: alphabet)
            let matches = SequenceComparison.matches(old, new, limits: Self.myers(edits: 61...61))
            let place = "seed \(alphabet), round \(round): \(old) \(new)"
            #expect(SequenceOracle.mistake(in: matches, old, new) == nil, "\(place)")
            let longest = SequenceOracle.longestCommonSubsequence(old, new)
            #expect(SequenceOracle.matched(matches) == longest, "\(place)")
        }
    }

    @Test("long sequences without unique elements and with few edits get a minimal edit script")
    func longMinimal() {
        var generator = SequenceGenerator(seed: 11)
        let old = generator.sequence(alphabet: 3, length: 2500...2500)
        let new = generator.edited(old, edits: 200, alphabet: 3)
        let matches = SequenceComparison.matches(old, new)
        #expect(SequenceOracle.mistake(in: matches, old, new) == nil)
        #expect(SequenceOracle.matched(matches) == SequenceOracle.longestCommonSubsequence(old, new))
    }

    @Test("beyond its bound Myers' search still gives an edit script", arguments: [1, 2, 3, 10])
    func beyondBound(bound: Int) {
        var generator = SequenceGenerator(seed: UInt64(bound))
        for round in 0..<500 {
            let alphabet = UInt64.random(in: 1...12, using: &generator)
            let old = generator.sequence(alphabet: alphabet, length: 0...200)
            let new = generator.sequence(alphabet: alphabet, length: 0...200)
            let matches = SequenceComparison.matches(old, new, limits: Self.myers(edits: bound...bound))
            #expect(SequenceOracle.mistake(in: matches, old, new) == nil, "seed \(bound), round \(round)")
        }
    }

    @Test("beyond the bound more than nine tenths of what could match does", arguments: [2, 10] as [UInt64])
    func closeToMinimal(alphabet: UInt64) {
        var generator = SequenceGenerator(seed: alphabet)
        let old = generator.sequence(alphabet: alphabet, length: 2000...2000)
        let new = generator.sequence(alphabet: alphabet, length: 2000...2000)
        var limits = SequenceLimits.standard
        limits.exactCells = 1 << 12
        limits.edits = 128...128
        let matches = SequenceComparison.matches(old, new, limits: limits)
        #expect(SequenceOracle.mistake(in: matches, old, new) == nil)
        let longest = SequenceOracle.longestCommonSubsequence(old, new)
        #expect(SequenceOracle.matched(matches) * 10 > longest * 9)
    }

    @Test("patience matches at least the unique elements that keep their order", arguments: [0, 30, 400])
    func patience(exactCells: Int) {
        let limits = SequenceLimits(exactCells: exactCells, exactColumns: 0, unevenSplits: 2, edits: 4...4)
        var generator = SequenceGenerator(seed: UInt64(exactCells))
        for round in 0..<500 {
            let alphabet = UInt64.random(in: 5...150, using: &generator)
            let old = generator.sequence(alphabet: alphabet, length: 30...120)
            let new = generator.edited(old.shuffled(using: &generator) + old, edits: 20, alphabet: alphabet)
            let matches = SequenceComparison.matches(old, new, limits: limits)
            let place = "seed \(exactCells), round \(round)"
            #expect(SequenceOracle.mistake(in: matches, old, new) == nil, "\(place)")
            let unique = Self.unique(Self.trimmed(old, new))
            let anchors = SequenceOracle.longestCommonSubsequence(unique.old, unique.new)
            #expect(SequenceOracle.matched(matches) >= anchors, "\(place)")
        }
    }

    /// Both without what they begin and end with alike.
    private static func trimmed(_ old: [UInt64], _ new: [UInt64]) -> (old: [UInt64], new: [UInt64]) {
        var (old, new) = (old[...], new[...])
        while let first = old.first, first == new.first { (old, new) = (old.dropFirst(), new.dropFirst()) }
        while let last = old.last, last == new.last { (old, new) = (old.dropLast(), new.dropLast()) }
        return (Array(old), Array(new))
    }

    /// The elements that are in both exactly once.
    private static func unique(_ pair: (old: [UInt64], new: [UInt64])) -> (old: [UInt64], new: [UInt64]) {
        func once(_ sequence: [UInt64]) -> Set<UInt64> {
            Set(Dictionary(grouping: sequence, by: { $0 }).filter { $0.value.count == 1 }.keys)
        }
        let both = once(pair.old).intersection(once(pair.new))
        return (pair.old.filter(both.contains), pair.new.filter(both.contains))
    }

    @Test("empty sequences have no matches")
    func empty() {
        let nothing = UnsafeBufferPointer<UInt64>(start: nil, count: 0)
        #expect(SequenceComparison.matches(nothing, nothing).isEmpty)
        #expect(SequenceComparison.matches([], [1, 2]).isEmpty)
        #expect(SequenceComparison.matches([1, 2], []).isEmpty)
    }

    @Test("identical sequences are one match")
    func identical() {
        let elements = Array(0..<5000 as Range<UInt64>)
        #expect(SequenceComparison.matches(elements, elements) == [SequenceMatch(old: 0, new: 0, count: 5000)])
    }

    @Test("one inserted element lies between two matches")
    func inserted() {
        let old = Array(0..<5000 as Range<UInt64>)
        let new = old[..<2000] + [9999] + old[2000...]
        let expected = [
            SequenceMatch(old: 0, new: 0, count: 2000), SequenceMatch(old: 2000, new: 2001, count: 3000),
        ]
        #expect(SequenceComparison.matches(old, Array(new)) == expected)
    }

    @Test("of a thousand equal elements against more all match")
    func allEqual() {
        let old = [UInt64](repeating: 5, count: 1000)
        let new = [UInt64](repeating: 5, count: 1100)
        #expect(SequenceComparison.matches(old, new) == [SequenceMatch(old: 0, new: 0, count: 1000)])
    }

    @Test("hundred edits among distinct elements leave the others matched")
    func fewEdits() {
        var generator = SequenceGenerator(seed: 21)
        let old = (0..<4000).map { _ in generator.next() }
        let new = generator.edited(old, edits: 100, alphabet: .max)
        let matches = SequenceComparison.matches(old, new)
        #expect(SequenceOracle.mistake(in: matches, old, new) == nil)
        #expect(SequenceOracle.matched(matches) == Set(old).intersection(new).count)
    }

    @Test("inputs that give up one unique element at a time are compared")
    func oneAtATime() {
        var (old, new): ([UInt64], [UInt64]) = ([], [])
        for element in 0..<2000 as Range<UInt64> {
            old += [element + 1, element]
            new += [element + 1, 100_000 + element, element]
        }
        let matches = SequenceComparison.matches(old, new)
        #expect(SequenceOracle.mistake(in: matches, old, new) == nil)
        #expect(SequenceOracle.matched(matches) == old.count)
    }
}

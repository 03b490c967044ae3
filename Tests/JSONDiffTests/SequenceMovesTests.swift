import Testing

@testable import JSONDiff

@Suite("Moves in sequences")
struct SequenceMovesTests {
    private static func queues(_ positions: [Int], _ sequence: [UInt64]) -> [UInt64: [Int]] {
        Dictionary(grouping: positions, by: { sequence[$0] })
    }

    /// Pairs by their definition: of each element the first with the first, sorted by new index.
    private static func expected(
        _ old: [UInt64], _ new: [UInt64], outside matches: [SequenceMatch]
    ) -> [[Int]] {
        let oldPositions = SequenceOracle.unmatched(matches, end: old.count, start: { $0.old })
        let newPositions = SequenceOracle.unmatched(matches, end: new.count, start: { $0.new })
        let waiting = queues(oldPositions, old)
        let pairs = queues(newPositions, new).flatMap { zip(waiting[$0.key] ?? [], $0.value).map { [$0, $1] } }
        return pairs.sorted { $0[1] < $1[1] }
    }

    @Test(
        "every element outside of the matches that is on both sides is paired once", arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) {
        var generator = SequenceGenerator(seed: seed)
        for round in 0..<500 {
            let alphabet = UInt64.random(in: 1...60, using: &generator)
            let old = generator.sequence(alphabet: alphabet, length: 0...60)
            let new = generator.sequence(alphabet: alphabet, length: 0...60)
            let matches = SequenceComparison.matches(old, new)
            for matches in [matches, [], matches.filter { $0.count == 1 }] {
                let moves = SequenceComparison.moves(old, new, outside: matches).map { [$0.old, $0.new] }
                let expected = Self.expected(old, new, outside: matches)
                #expect(moves == expected, "seed \(seed), round \(round): \(old) \(new)")
            }
        }
    }

    @Test("of reversed elements one stays and all others move")
    func reversed() {
        let old = Array(0..<3000 as Range<UInt64>)
        let new = Array(old.reversed())
        let matches = SequenceComparison.matches(old, new)
        #expect(SequenceOracle.matched(matches) == 1)
        let moves = SequenceComparison.moves(old, new, outside: matches)
        #expect(moves.count == 2999)
        #expect(moves.allSatisfy { $0.old + $0.new == 2999 })
    }

    @Test("a block that moved is paired in order, and the rest stays")
    func block() {
        let old = Array(0..<4000 as Range<UInt64>)
        let new = Array(old[..<1000] + old[2000...] + old[1000..<2000])
        let matches = SequenceComparison.matches(old, new)
        let expected = [
            SequenceMatch(old: 0, new: 0, count: 1000), SequenceMatch(old: 2000, new: 1000, count: 2000),
        ]
        #expect(matches == expected)
        let moves = SequenceComparison.moves(old, new, outside: matches)
        #expect(moves.map(\.old) == Array(1000..<2000))
        #expect(moves.map(\.new) == Array(3000..<4000))
    }

    @Test("of shuffled blocks all elements are matched or moved")
    func shuffledBlocks() {
        var generator = SequenceGenerator(seed: 5)
        let old = Array(0..<4000 as Range<UInt64>)
        let order = Array(0..<40).shuffled(using: &generator)
        let new = order.flatMap { old[$0 * 100..<($0 + 1) * 100] }
        let matches = SequenceComparison.matches(old, new)
        #expect(SequenceOracle.mistake(in: matches, old, new) == nil)
        let moves = SequenceComparison.moves(old, new, outside: matches)
        #expect(SequenceOracle.matched(matches) + moves.count == old.count)
    }

    @Test("nothing moves where one side has nothing left")
    func nothingLeft() {
        let matches = SequenceComparison.matches([1, 2, 3], [1, 3])
        #expect(SequenceComparison.moves([1, 2, 3], [1, 3], outside: matches).isEmpty)
        #expect(SequenceComparison.moves([], [], outside: []).isEmpty)
    }
}

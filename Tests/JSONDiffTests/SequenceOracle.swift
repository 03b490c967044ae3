import SeededRandom
import Testing

@testable import JSONDiff

/// Random sequences that a seed repeats.
struct SequenceGenerator: RandomNumberGenerator {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func next() -> UInt64 { generator.next() }

    mutating func sequence(alphabet: UInt64, length: ClosedRange<Int>) -> [UInt64] {
        (0..<Int.random(in: length, using: &self)).map { _ in UInt64.random(in: 0..<alphabet, using: &self) }
    }

    /// The sequence with single elements removed, added and replaced.
    mutating func edited(_ sequence: [UInt64], edits: Int, alphabet: UInt64) -> [UInt64] {
        var edited = sequence
        for _ in 0..<edits {
            let element = UInt64.random(in: 0..<alphabet, using: &self)
            let place = Int.random(in: 0...edited.count, using: &self)
            switch Int.random(in: 0..<3, using: &self) {
            case 0: edited.insert(element, at: place)
            case 1 where place < edited.count: edited.remove(at: place)
            case 2 where place < edited.count: edited[place] = element
            default: break
            }
        }
        return edited
    }
}

extension SequenceComparison {
    static func matches(
        _ old: [UInt64], _ new: [UInt64], limits: SequenceLimits = .standard
    ) -> [SequenceMatch] {
        old.withUnsafeBufferPointer { old in
            new.withUnsafeBufferPointer { matches(old, $0, limits: limits) }
        }
    }

    static func moves(_ old: [UInt64], _ new: [UInt64], outside matches: [SequenceMatch]) -> [(old: Int, new: Int)] {
        old.withUnsafeBufferPointer { old in
            new.withUnsafeBufferPointer { moves(old, $0, outside: matches) }
        }
    }
}

/// What a comparison is measured by.
enum SequenceOracle {
    /// Length of the longest common subsequence, by the quadratic table.
    static func longestCommonSubsequence(_ old: [UInt64], _ new: [UInt64]) -> Int {
        let lengths = UnsafeMutablePointer<Int>.allocate(capacity: new.count + 1)
        defer { lengths.deallocate() }
        lengths.initialize(repeating: 0, count: new.count + 1)
        for element in old {
            var diagonal = 0
            for column in 0..<new.count {
                let above = lengths[column + 1]
                lengths[column + 1] = element == new[column] ? diagonal + 1 : max(above, lengths[column])
                diagonal = above
            }
        }
        return lengths[new.count]
    }

    /// What is wrong with the matches as an edit script; nil where it is right.
    static func mistake(in matches: [SequenceMatch], _ old: [UInt64], _ new: [UInt64]) -> String? {
        var end = (old: 0, new: 0)
        for (ordinal, match) in matches.enumerated() {
            guard match.count > 0 else { return "\(match) is empty" }
            guard match.old >= end.old, match.new >= end.new else { return "\(match) is out of order" }
            guard match.old + match.count <= old.count, match.new + match.count <= new.count else {
                return "\(match) goes beyond the end"
            }
            if ordinal > 0, match.old == end.old, match.new == end.new { return "\(match) continues the one before" }
            guard old[match.old..<match.old + match.count] == new[match.new..<match.new + match.count] else {
                return "\(match) is of different elements"
            }
            end = (match.old + match.count, match.new + match.count)
        }
        return nil
    }

    static func matched(_ matches: [SequenceMatch]) -> Int { matches.reduce(0) { $0 + $1.count } }

    /// The indices below `end` that are in no match.
    static func unmatched(_ matches: [SequenceMatch], end: Int, start: (SequenceMatch) -> Int) -> [Int] {
        var isMatched = [Bool](repeating: false, count: end)
        for match in matches {
            for offset in 0..<match.count { isMatched[start(match) + offset] = true }
        }
        return isMatched.indices.filter { !isMatched[$0] }
    }
}

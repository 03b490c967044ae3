import SeededRandom
import Testing

@testable import TraceReport

/// The tests of ranks against values from tables and by brute force.
@Suite("Statistics of comparisons")
struct ComparisonStatisticsTests {
    @Test("Mann and Whitney's test counts out small samples")
    func exact() {
        #expect(abs(MannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]).pValue - 2 / 252.0) < 1e-12)
        #expect(abs(MannWhitney.smallestPValue(5, 5) - 2 / 252.0) < 1e-12)
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20 {
            let all = (0..<9).map(Double.init).shuffled(using: &random)
            let (left, right) = (Array(all[..<4]), Array(all[4...]))
            #expect(abs(MannWhitney(left, right).pValue - bruteForce(left, right)) < 1e-9)
        }
        #expect(MannWhitney([], [1]).pValue == 1)
        #expect(MannWhitney([2, 2, 2], [2, 2, 2]).pValue == 1)
    }

    /// The share of all arrangements that are at least as extreme.
    private func bruteForce(_ left: [Double], _ right: [Double]) -> Double {
        let all = left + right
        func distance(_ chosen: [Double]) -> Double {
            let others = all.filter { !chosen.contains($0) }
            let wins = chosen.reduce(0) { sum, one in sum + others.count { one > $0 } }
            return abs(Double(wins) - Double(left.count * right.count) / 2)
        }
        let actual = distance(left)
        var (extreme, subsets) = (0, 0)
        for mask in 0..<1 << all.count where mask.nonzeroBitCount == left.count {
            subsets += 1
            if distance(all.indices.filter { mask >> $0 & 1 == 1 }.map { all[$0] }) >= actual { extreme += 1 }
        }
        return Double(extreme) / Double(subsets)
    }

    @Test("where values are equal or many, the normal distribution comes near the exact one")
    func approximate() {
        var random = SeededGenerator(seed: 8)
        for _ in 0..<20 {
            let all = (0..<30).map(Double.init).shuffled(using: &random)
            let (left, right) = (Array(all[..<15]), Array(all[15...]))
            let exact = MannWhitney(left, right).pValue
            // One more pair in the middle leaves the ranks as they are but for a tie.
            let near = MannWhitney(left + [14.25], right + [14.25]).pValue
            #expect(abs(exact - near) < 0.12)
        }
    }

    @Test("Holm's correction multiplies the smallest most, and keeps the order")
    func holm() {
        let adjusted = HolmCorrection.adjusted([0.01, 0.04, 0.03, 0.005])
        #expect(zip(adjusted, [0.03, 0.06, 0.06, 0.02]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(HolmCorrection.adjusted([]) == [])
        #expect(HolmCorrection.adjusted([0.9, 0.8]) == [1, 1])
    }

    @Test("a stall in one window does not move the middle; nothing is divided by 0")
    func middles() {
        let before = Array(repeating: 10.0, count: 20)
        let change = RelativeChange(before, [900] + Array(repeating: 11.0, count: 19), resamples: 100)
        #expect(change.after == 11)
        #expect(change.interval.map { abs($0.lowerBound - 0.1) < 1e-9 } == true)
        let fromNothing = RelativeChange([0, 0], [1, 1], resamples: 100)
        #expect(fromNothing.change == nil && fromNothing.interval == nil)
    }
}

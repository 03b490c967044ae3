#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Whether the values of two samples differ in size, by their ranks alone: Mann and Whitney, Annals of Mathematical
/// Statistics 18 (1947).
///
/// Exact where the samples are small and no two values are equal; else by the normal distribution, with the corrections for
/// equal values and for continuity (Conover, Practical Nonparametric Statistics, 5.1).
struct MannWhitney {
    /// How likely two samples of one population differ as much as these, 0…1.
    let pValue: Double

    /// Up to so many values together, the distribution is counted out.
    private static let exactLimit = 30

    /// Compares two samples, each in the order of time.
    ///
    /// Values that follow each other may be alike, as load comes and goes; then they say less than as many independent
    /// ones. Where their ranks correlate significantly with those of their predecessors, the variance is taken so much
    /// larger.
    init(_ left: [Double], _ right: [Double]) {
        guard !left.isEmpty, !right.isEmpty else {
            pValue = 1
            return
        }
        let ranks = Ranks(left + right)
        let leftRanks = ranks.values[..<left.count].reduce(0, +)
        let u = leftRanks - Double(left.count * (left.count + 1)) / 2
        if !ranks.hasTies, left.count + right.count <= Self.exactLimit {
            pValue = Self.exact(u: u, left.count, right.count)
        } else {
            let serial = Self.varianceFactor(ranks.values, split: left.count)
            pValue = Self.approximate(u: u, left.count, right.count, tieSum: ranks.tieSum, varianceFactor: serial)
        }
    }

    /// Returns the smallest value that samples of these sizes can have, 0…1.
    static func smallestPValue(_ left: Int, _ right: Int) -> Double {
        var arrangements = 1.0
        for index in 0..<min(left, right) {
            arrangements *= Double(left + right - index) / Double(index + 1)
        }
        return min(1, 2 / arrangements)
    }

    private static func exact(u: Double, _ left: Int, _ right: Int) -> Double {
        // How many subsets of so many of the ranks 0… have each sum: Σ(rank − place) is U.
        let most = left * right
        var ways = Array(repeating: Array(repeating: 0.0, count: most + 1), count: left + 1)
        ways[0][0] = 1
        for rank in 0..<left + right {
            for size in stride(from: min(left, rank + 1), through: 1, by: -1) {
                // The rank is the subset's largest, and `size − 1` of those below it belong to the subset.
                let step = rank - (size - 1)
                guard step <= right else { continue }
                for sum in step...most { ways[size][sum] += ways[size - 1][sum - step] }
            }
        }
        let all = ways[left].reduce(0, +)
        let extreme = Int(min(u, Double(most) - u))
        return min(1, 2 * ways[left][...extreme].reduce(0, +) / all)
    }

    private static func approximate(
        u: Double, _ left: Int, _ right: Int, tieSum: Double, varianceFactor: Double
    ) -> Double {
        let (m, n) = (Double(left), Double(right))
        let size = m + n
        let variance = m * n / 12 * (size + 1 - tieSum / (size * (size - 1))) * varianceFactor
        guard variance > 0 else { return 1 }
        let distance = max(0, abs(u - m * n / 2) - 0.5)
        return erfc(distance / (2 * variance).squareRoot())
    }

    /// How much larger the variance of a mean is than of independent values, where each resembles the one before
    /// (first-order autoregression); from 1.
    private static func varianceFactor(_ ranks: [Double], split: Int) -> Double {
        var (product, square) = (0.0, 0.0)
        var pairs = 0
        for sample in [ranks[..<split], ranks[split...]] {
            let mean = sample.reduce(0, +) / Double(sample.count)
            for (one, next) in zip(sample, sample.dropFirst()) {
                product += (one - mean) * (next - mean)
                pairs += 1
            }
            square += sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        guard square > 0, pairs > 0 else { return 1 }
        // A correlation of independent values stays below this in 95 of 100 samples.
        let correlation = min(0.95, product / square)
        return correlation > 1.645 / Double(pairs).squareRoot() ? (1 + correlation) / (1 - correlation) : 1
    }
}

/// The ranks of values from 1; equal values share the mean of theirs.
private struct Ranks {
    private(set) var values: [Double]
    private(set) var hasTies = false
    /// Σ(t³ − t) over the groups of t equal values.
    private(set) var tieSum = 0.0

    init(_ sample: [Double]) {
        let order = sample.indices.sorted { sample[$0] < sample[$1] }
        values = Array(repeating: 0, count: sample.count)
        var begin = 0
        while begin < order.count {
            var end = begin + 1
            while end < order.count, sample[order[end]] == sample[order[begin]] { end += 1 }
            for place in begin..<end { values[order[place]] = Double(begin + 1 + end) / 2 }
            let size = Double(end - begin)
            if size > 1 {
                hasTies = true
                tieSum += size * size * size - size
            }
            begin = end
        }
    }
}

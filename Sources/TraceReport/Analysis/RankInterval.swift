#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The ranks of two values of a sample between which a quantile of its population lies, in at least 95 of 100 samples.
///
/// How many of `n` values lie above the quantile `q` is binomial with `n` and `1 − q`, whatever the distribution: Conover,
/// Practical Nonparametric Statistics, 3.2. Each side may miss in 2.5 % of all samples, and one side one rank more where
/// both together stay within 5 %.
package struct RankInterval: Equatable {
    /// The lower value's rank, from 1.
    package let lower: UInt64
    /// The upper value's rank, at most the size of the sample.
    package let upper: UInt64

    /// Finds the ranks; nil where even the largest value is too low in more than 2.5 % of all samples. Takes time in
    /// proportion to the number of values above the quantile, of which at most some thousand are looked at.
    ///
    /// - Parameters:
    ///   - quantile: in 0…1, both excluded.
    ///   - count: the size of the sample.
    package init?(quantile: Double, of count: UInt64) {
        guard quantile > 0, quantile < 1, count > 0, count < 1 << 52 else { return nil }
        let size = Double(count)
        let above = 1 - quantile
        // Below, the chance that no value lies above it is no number any more.
        let bounds =
            size * log1p(-above) > -700
            ? Self.exact(count: size, above: above) : Self.approximate(count: size, above: above)
        guard let bounds else { return nil }
        lower = UInt64(max(1, size - bounds.most))
        upper = UInt64(max(1, min(size, size - bounds.fewest)))
    }

    private static let miss = 0.025

    /// How few and how many values lie above the quantile: `fewest` or fewer in at most 2.5 % of samples, and more than
    /// `most` too.
    private static func exact(count: Double, above: Double) -> (fewest: Double, most: Double)? {
        var chance = exp(count * log1p(-above))
        guard chance <= miss else { return nil }
        var values = 0.0
        var sum = chance
        var lowSide = (values: 0.0, sum: sum, next: 1.0)
        var isLowFound = false
        while 1 - sum > miss, values < count {
            chance *= (count - values) / (values + 1) * above / (1 - above)
            values += 1
            if !isLowFound {
                if sum + chance > miss {
                    lowSide = (values - 1, sum, sum + chance)
                    isLowFound = true
                }
            }
            sum += chance
        }
        // At most `values` lie above it in 97.5 % of samples.
        let highMiss = max(0, 1 - sum)
        let tighterHighMiss = highMiss + chance
        if isLowFound, lowSide.next + highMiss <= 2 * miss, lowSide.next <= tighterHighMiss {
            return (lowSide.values + 1, values)
        }
        return lowSide.sum + tighterHighMiss <= 2 * miss ? (lowSide.values, values - 1) : (lowSide.values, values)
    }

    /// By the normal distribution, with the correction for continuity.
    private static func approximate(count: Double, above: Double) -> (fewest: Double, most: Double)? {
        let mean = count * above
        let reach = 1.959964 * sqrt(mean * (1 - above))
        return (max(0, (mean - reach - 0.5).rounded(.down)), (mean + reach - 0.5).rounded(.up))
    }
}

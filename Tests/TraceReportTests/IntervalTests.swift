#if canImport(Glibc)
import Glibc
import SeededRandom
#else
import Musl
#endif

import Testing
import TraceLog
import TraceReport

@Suite("How well percentiles are known")
struct IntervalTests {
    /// A population of durations in nanoseconds, sorted: log-normal about 3 ms, with a few outliers.
    private static let population: [UInt64] = {
        var random = SeededGenerator(seed: 2_026)
        let durations = (0..<1 << 16).map { _ in
            let first = Double.random(in: 0.0.nextUp...1, using: &random)
            let normal = (-2 * log(first)).squareRoot() * cos(2 * Double.pi * Double.random(in: 0...1, using: &random))
            return UInt64(3e6 * exp(0.8 * normal) * (random.next() % 200 == 0 ? 20 : 1))
        }
        return durations.sorted()
    }()

    @Test("of 1,000 samples, 93 to 97 % have the true value in their interval", arguments: [100, 1_000, 10_000])
    func coverage(count: Int) {
        let bucketOf = Self.population.map { DurationHistogram.bucket(ofTicks: $0) }
        var random = SeededGenerator(seed: UInt64(count))
        var covered: [Double: Int] = [:]
        for _ in 0..<1_000 {
            var occurrences = Array(repeating: UInt64(0), count: DurationHistogram.bucketCount)
            for _ in 0..<count { occurrences[bucketOf[Int(random.next() & 0xffff)]] += 1 }
            var histogram = DurationHistogram()
            for (bucket, number) in occurrences.enumerated() { histogram.add(bucket: bucket, occurrences: number) }
            let quantiles = DurationQuantiles(histogram, ticksPerSecond: 1_000_000_000, longest: .max)
            for quantile in [0.5, 0.99] {
                let truth = Self.population[Int(quantile * 65_536)]
                if quantiles.interval(quantile)?.contains(truth) == true { covered[quantile, default: 0] += 1 }
            }
        }
        #expect((930...970).contains(covered[0.5, default: 0]), "seed \(count): \(covered)")
        // The largest of 100 does not bound the 99th percentile.
        #expect(count == 100 ? covered[0.99] == nil : (930...970).contains(covered[0.99, default: 0]), "\(covered)")
    }

    /// The chance that the number of values above the quantile lies in a range.
    private func chance(_ count: Int, _ above: Double, _ range: ClosedRange<Int>) -> Double {
        range.reduce(0) { sum, values in
            let ways = lgamma(Double(count + 1)) - lgamma(Double(values + 1)) - lgamma(Double(count - values + 1))
            return sum + exp(ways + Double(values) * log(above) + Double(count - values) * log(1 - above))
        }
    }

    @Test("ranks cover by the binomial distribution at least 95 %, and hardly more", arguments: [0.5, 0.95, 0.99])
    func ranks(quantile: Double) throws {
        for count in [400, 1_000, 3_000, 20_000, 200_000] {
            let ranks = try #require(RankInterval(quantile: quantile, of: UInt64(count)))
            let fewest = count - Int(ranks.upper) + 1
            let covered = chance(count, 1 - quantile, fewest...count - Int(ranks.lower))
            #expect(covered >= 0.9498 && covered < 0.975, "\(count): \(ranks.lower)...\(ranks.upper) covers \(covered)")
        }
    }

    @Test("few calls bound nothing above", arguments: zip([0.5, 0.95, 0.99], [6, 72, 368] as [UInt64]))
    func few(quantile: Double, enough: UInt64) {
        #expect(RankInterval(quantile: quantile, of: enough - 1) == nil)
        #expect(RankInterval(quantile: quantile, of: enough) != nil)
    }

    @Test(
        "an interval holds its percentile, and the bucket where all is in one",
        arguments: [1, 127, 128, 5_000_000, .max] as [UInt64])
    func oneBucket(ticks: UInt64) throws {
        var histogram = DurationHistogram()
        for _ in 0..<1_000 { histogram.add(ticks: ticks) }
        let quantiles = DurationQuantiles(histogram, ticksPerSecond: 1_000_000_000, longest: .max)
        let interval = try #require(quantiles.interval(0.99))
        let kept = min(ticks, DurationHistogram.maximumTicks)
        #expect(interval.contains(try #require(quantiles.nanoseconds(0.99))))
        #expect(interval.contains(kept))
        #expect(Double(interval.upperBound - interval.lowerBound) <= Double(kept) / 64)
    }

    @Test("the longest call, known exactly, bounds it")
    func longest() throws {
        var histogram = DurationHistogram()
        for _ in 0..<1_000 { histogram.add(ticks: 1_000_000) }
        let quantiles = DurationQuantiles(histogram, ticksPerSecond: 1_000_000_000, longest: 1_000_001)
        #expect(try #require(quantiles.interval(0.99)).upperBound == 1_000_001)
    }

    @Test("counts beyond all reason give no trap", arguments: [1, (1 << 52) - 1, 1 << 52, .max] as [UInt64])
    func extremes(count: UInt64) {
        var histogram = DurationHistogram()
        histogram.add(bucket: 200, occurrences: count)
        let quantiles = DurationQuantiles(histogram, ticksPerSecond: 1, longest: 5)
        #expect((quantiles.interval(0.99) == nil) == (count == 1))
        #expect(RankInterval(quantile: 0.99, of: count)?.upper ?? 0 <= count)
    }
}

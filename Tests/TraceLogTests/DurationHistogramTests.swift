import CHoofprint
import Testing
import TraceLog

@Suite("Histograms of durations")
struct DurationHistogramTests {
    @Test("writer and reader agree on the bucket of every duration")
    func sameBuckets() {
        var random = RandomRecords(seed: 11)
        let edges = (0..<64).flatMap { shift in [UInt64(1) << shift, (UInt64(1) << shift) &- 1] }
        for ticks in edges + (0..<20_000).map({ _ in random.number() }) + Array(0..<5000) {
            let bucket = DurationHistogram.bucket(ofTicks: ticks)
            #expect(Int(hp_bucket(ticks)) == bucket)
            let range = DurationHistogram.range(ofBucket: bucket)
            if ticks <= DurationHistogram.maximumTicks {
                #expect(ticks >= range.lower && ticks - range.lower < range.width)
            }
        }
        #expect(Int(HP_OCTAVES) * 64 == DurationHistogram.bucketCount)
    }

    @Test("percentiles are within 0.8 % of the exact ones", arguments: [10, 1000, 20_000])
    func quantiles(count: Int) throws {
        var random = RandomRecords(seed: UInt64(count))
        var histogram = DurationHistogram()
        var values: [UInt64] = []
        for _ in 0..<count {
            let value = 1000 + random.next() % (1 << (10 + random.next() % 20))
            values.append(value)
            histogram.add(ticks: value)
        }
        values.sort()
        for quantile in [0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1] {
            let exact = Double(values[max(0, Int((quantile * Double(count)).rounded(.up)) - 1)])
            let estimate = try #require(histogram.quantile(quantile))
            #expect(abs(estimate - exact) <= 0.008 * exact)
        }
    }

    @Test("merging adds, in any order")
    func merging() {
        var random = RandomRecords(seed: 12)
        for _ in 0..<100 {
            let parts = (0..<4).map { _ in random.histogram() }
            var forward = DurationHistogram()
            for part in parts { forward.merge(part) }
            var backward = DurationHistogram()
            for part in parts.reversed() { backward.merge(part) }
            #expect(forward.buckets.map(\.bucket) == backward.buckets.map(\.bucket))
            #expect(forward.buckets.map(\.occurrences) == backward.buckets.map(\.occurrences))
            #expect(forward.count == parts.reduce(0) { saturatingSum($0, $1.count) })
        }
    }

    @Test("an empty histogram has no percentiles")
    func empty() {
        #expect(DurationHistogram().quantile(0.5) == nil)
    }

    @Test("the largest counts have percentiles", arguments: [UInt64.max, UInt64.max - 1, 1 << 63])
    func largestCounts(count: UInt64) {
        var histogram = DurationHistogram()
        histogram.add(bucket: 70, occurrences: count)
        for quantile in [-1, 0, 0.5, 0.99, 1, 2] { #expect(histogram.quantile(quantile) == 70) }
    }

    @Test("a histogram too long for a line is cut into lines that join to the same")
    func splitting() {
        var histogram = DurationHistogram()
        for bucket in 0..<DurationHistogram.bucketCount { histogram.add(bucket: bucket, occurrences: 1 << 40) }
        let stats = StatsRecord(
            path: .max, count: .max, totalNanoseconds: .max, selfNanoseconds: .max, cpuNanoseconds: .max,
            maximumNanoseconds: .max, errors: .max, folded: .max, histogram: histogram)
        var joined = DurationHistogram()
        for record in stats.split() {
            let line = record.encoded(RecordHeader(session: .max, sequence: .max))
            #expect(line.count <= RecordFormat.maximumLineBytes)
            switch record {
            case .stats(let first):
                #expect(first.parts == UInt64(stats.split().count))
                joined.merge(first.histogram)
            case .buckets(let rest): joined.merge(rest.histogram)
            default: Issue.record("\(record.kind)")
            }
        }
        #expect(joined.count == histogram.count)
        #expect(joined.buckets.map(\.occurrences) == histogram.buckets.map(\.occurrences))
    }
}

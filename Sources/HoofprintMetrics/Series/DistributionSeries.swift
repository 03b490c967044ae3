import CoreMetrics
import Hoofprint
import Synchronization
import TraceLog

/// Many values of which the count, the sum and the distribution are of interest: a timer's durations, a recorder's numbers.
///
/// `count` and `sum` are of all since the start; `min`, `max` and the percentiles `p50`, `p95`, `p99` of those since the
/// last flush, and left out where there were none. Percentiles are within 1 % for durations of up to 2⁴⁹ ns, six days; for
/// numbers up to 5 · 10¹¹, and then to a thousandth.
final class DistributionSeries: Series, TimerHandler, RecorderHandler {
    let key: SeriesKey
    private let losses: Losses
    private let values = Mutex(Values())

    private struct Values {
        var count: UInt64 = 0
        var sum: Double = 0
        var hasFraction = false
        var window = Window()
    }

    private struct Window {
        var minimum = Double.infinity
        var maximum: Double = 0
        var histogram = DurationHistogram()
    }

    init(_ key: SeriesKey, _ losses: Losses) {
        self.key = key
        self.losses = losses
    }

    var revision: UInt64 { values.withLock { $0.count } }

    func recordNanoseconds(_ duration: Int64) { record(duration) }

    /// Takes a value. One below zero is not taken.
    func record(_ value: Int64) { add(Double(value)) }

    /// Takes a value. One below zero, and what is no finite number, are not taken.
    func record(_ value: Double) { add(value) }

    private func add(_ value: Double) {
        guard value >= 0, value.isFinite else { return losses.add() }
        let ticks = UInt64(min(value * ticksPerUnit, Double(DurationHistogram.maximumTicks)))
        values.withLock { values in
            values.count &+= 1
            values.sum = min(values.sum + value, .greatestFiniteMagnitude)
            if NumberUnit.isFraction(value) { values.hasFraction = true }
            values.window.minimum = min(values.window.minimum, value)
            values.window.maximum = max(values.window.maximum, value)
            values.window.histogram.add(ticks: ticks)
        }
    }

    /// The histogram's values are whole: nanoseconds, or thousandths.
    private var ticksPerUnit: Double { key.kind == .timer ? 1 : 1000 }

    func read() -> [ProbeCounter] {
        let (count, sum, hasFraction, window) = values.withLock { values in
            let window = values.window
            values.window = Window()
            return (values.count, values.sum, values.hasFraction, window)
        }
        guard count > 0 else { return [] }
        let unit: NumberUnit = key.kind == .timer ? .nanoseconds : hasFraction ? .millionths : .whole
        let whole = [ProbeCounter(name: "count", value: count), unit.counter("sum", sum)]
        guard window.histogram.count > 0 else { return whole }
        let ends = [unit.counter("min", window.minimum), unit.counter("max", window.maximum)]
        let percentiles = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)].compactMap { name, quantile in
            window.histogram.quantile(quantile).map { ticks in
                // The middle of a bucket may lie outside of what was recorded.
                unit.counter(name, min(max(ticks / ticksPerUnit, window.minimum), window.maximum))
            }
        }
        return whole + ends + percentiles
    }
}

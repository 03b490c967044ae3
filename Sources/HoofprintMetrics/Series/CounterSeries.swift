import CoreMetrics
import Hoofprint
import Synchronization

/// A count that rises: `total`.
final class CounterSeries: Series, CounterHandler {
    let key: SeriesKey
    private let losses: Losses
    private let total = Atomic<Int64>(0)

    init(_ key: SeriesKey, _ losses: Losses) {
        self.key = key
        self.losses = losses
    }

    var revision: UInt64 { UInt64(bitPattern: total.load(ordering: .relaxed)) }

    /// Adds to it; the sum stays at the largest number where it would overflow. What is below zero is not added.
    func increment(by amount: Int64) {
        guard amount >= 0 else { return losses.add() }
        var before = total.load(ordering: .relaxed)
        while true {
            let sum = before.addingReportingOverflow(amount)
            let result = total.weakCompareExchange(
                expected: before, desired: sum.overflow ? .max : sum.partialValue, ordering: .relaxed)
            if result.exchanged { return }
            before = result.original
        }
    }

    func reset() { total.store(0, ordering: .relaxed) }

    func read() -> [ProbeCounter] {
        [ProbeCounter(name: "total", value: UInt64(total.load(ordering: .relaxed)))]
    }
}

/// A sum with fractions that rises: `total_micro`.
final class SumSeries: Series, FloatingPointCounterHandler {
    let key: SeriesKey
    private let losses: Losses
    private let total = Atomic<UInt64>(Double(0).bitPattern)

    init(_ key: SeriesKey, _ losses: Losses) {
        self.key = key
        self.losses = losses
    }

    var revision: UInt64 { total.load(ordering: .relaxed) }

    /// Adds to it. What is below zero or no finite number is not added.
    func increment(by amount: Double) {
        guard amount >= 0, amount.isFinite else { return losses.add() }
        total.update { min($0 + amount, .greatestFiniteMagnitude) }
    }

    func reset() { total.store(Double(0).bitPattern, ordering: .relaxed) }

    func read() -> [ProbeCounter] {
        [NumberUnit.millionths.counter("total", Double(bitPattern: total.load(ordering: .relaxed)))]
    }
}

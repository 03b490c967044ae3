import CoreMetrics
import Hoofprint
import Synchronization

/// A number that is set, rises and falls: `value`, and `below_zero` once it was seen there: how far, and `value` is 0 then.
/// Exact for whole numbers up to 2⁵³. A meter's or a gauge's.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
    let key: SeriesKey
    private let losses: Losses
    /// No number: none was set.
    private let value = Atomic<UInt64>(Double.nan.bitPattern)
    private let hasFraction = Atomic(false)
    private let wasBelowZero = Atomic(false)

    init(_ key: SeriesKey, _ losses: Losses) {
        self.key = key
        self.losses = losses
    }

    var revision: UInt64 { value.load(ordering: .relaxed) }

    func set(_ number: Int64) { set(Double(number)) }

    /// Sets it. What is no finite number is not taken.
    func set(_ number: Double) {
        guard number.isFinite else { return losses.add() }
        value.store(number.bitPattern, ordering: .relaxed)
    }

    func record(_ number: Int64) { set(Double(number)) }

    func record(_ number: Double) { set(number) }

    /// Adds to it, from zero where it was not set yet.
    func increment(by amount: Double) {
        guard amount.isFinite else { return losses.add() }
        let bound = Double.greatestFiniteMagnitude
        value.update { min(max(($0.isNaN ? 0 : $0) + amount, -bound), bound) }
    }

    func decrement(by amount: Double) { increment(by: -amount) }

    func read() -> [ProbeCounter] {
        let number = Double(bitPattern: value.load(ordering: .relaxed))
        guard !number.isNaN else { return [] }
        if NumberUnit.isFraction(number) { hasFraction.store(true, ordering: .relaxed) }
        if number < 0 { wasBelowZero.store(true, ordering: .relaxed) }
        let unit: NumberUnit = hasFraction.load(ordering: .relaxed) ? .millionths : .whole
        let counter = unit.counter("value", max(0, number))
        return wasBelowZero.load(ordering: .relaxed)
            ? [counter, unit.counter("below_zero", max(0, -number))] : [counter]
    }
}

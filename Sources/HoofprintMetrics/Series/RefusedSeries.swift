import CoreMetrics

/// Stands for every series that was refused, and counts the values it is given.
final class RefusedSeries: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    private let losses: Losses

    init(_ losses: Losses) {
        self.losses = losses
    }

    func increment(by amount: Int64) { losses.add() }
    func increment(by amount: Double) { losses.add() }
    func decrement(by amount: Double) { losses.add() }
    func set(_ value: Int64) { losses.add() }
    func set(_ value: Double) { losses.add() }
    func record(_ value: Int64) { losses.add() }
    func record(_ value: Double) { losses.add() }
    func recordNanoseconds(_ duration: Int64) { losses.add() }
    func reset() {}
}

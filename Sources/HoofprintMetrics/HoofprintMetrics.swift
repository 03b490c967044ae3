import CoreMetrics
import Hoofprint

/// Writes the metrics of this program, and of every library in it, into the same log as its spans.
///
/// ```swift
/// HoofprintSystem.bootstrap()
/// MetricsSystem.bootstrap(HoofprintMetrics())
/// ```
///
/// At every flush each series (a label with its dimensions) that has changed stands in a `probe` record, see <doc:HoofprintMetrics>.
/// Every call is safe from any thread, before Hoofprint's bootstrap and after its end; none blocks or throws. An increment of
/// a counter or gauge takes no lock; a timer or recorder takes one of its own, which is held for some 20 ns as a rule.
public final class HoofprintMetrics: MetricsFactory {
    private let registry: SeriesRegistry

    /// How many series there may be unless told otherwise.
    public static let defaultMaximumSeries = 1000

    /// Makes a backend, and has it read at every flush for as long as the process lives: make one a process.
    ///
    /// - Parameter maximumSeries: How many series are kept, 1…100,000; what is beyond is taken to the nearest. Values of
    ///   further ones are not written, but counted, and that is told once on standard error. A counter or gauge takes some
    ///   hundred bytes, a timer or recorder with values of all magnitudes up to 28 KB.
    public convenience init(maximumSeries: Int = HoofprintMetrics.defaultMaximumSeries) {
        self.init(registry: SeriesRegistry(maximumSeries: min(max(maximumSeries, 1), 100_000)))
        AddedProbes.add(probe)
    }

    /// Makes a backend that nobody reads yet.
    init(registry: SeriesRegistry) {
        self.registry = registry
    }

    /// What is read at every flush.
    var probe: MetricsProbe { MetricsProbe(registry: registry) }

    /// Returns the counter of a label and dimensions: the same one each time, until it is destroyed.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        registry.series(SeriesKey(.counter, label, dimensions), CounterSeries.init) ?? registry.refusals
    }

    /// Returns the counter of a label and dimensions whose sum has fractions.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        registry.series(SeriesKey(.sum, label, dimensions), SumSeries.init) ?? registry.refusals
    }

    /// Returns the gauge of a label and dimensions.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        registry.series(SeriesKey(.gauge, label, dimensions), GaugeSeries.init) ?? registry.refusals
    }

    /// Returns the recorder of a label and dimensions; one that does not aggregate is a gauge, the same as a meter's.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else {
            return registry.series(SeriesKey(.gauge, label, dimensions), GaugeSeries.init) ?? registry.refusals
        }
        return registry.series(SeriesKey(.recorder, label, dimensions), DistributionSeries.init) ?? registry.refusals
    }

    /// Returns the timer of a label and dimensions.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        registry.series(SeriesKey(.timer, label, dimensions), DistributionSeries.init) ?? registry.refusals
    }

    /// Ends a series: what it has is written at the next flush, and one of the same name begins anew. Values that are given to
    /// an ended one are not written.
    public func destroyCounter(_ handler: any CounterHandler) { registry.end(handler) }

    /// Ends a series, as ``destroyCounter(_:)`` does.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { registry.end(handler) }

    /// Ends a series, as ``destroyCounter(_:)`` does. A gauge of the same name is the same series.
    public func destroyMeter(_ handler: any MeterHandler) { registry.end(handler) }

    /// Ends a series, as ``destroyCounter(_:)`` does.
    public func destroyRecorder(_ handler: any RecorderHandler) { registry.end(handler) }

    /// Ends a series, as ``destroyCounter(_:)`` does.
    public func destroyTimer(_ handler: any TimerHandler) { registry.end(handler) }
}

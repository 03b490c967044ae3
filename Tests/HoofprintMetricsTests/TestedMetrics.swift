import Hoofprint

@testable import HoofprintMetrics

/// A backend of one test's own, and what a flush would read of it.
struct TestedMetrics {
    let factory: HoofprintMetrics
    private let probe: MetricsProbe

    init(maximumSeries: Int = 1000) {
        factory = HoofprintMetrics(registry: SeriesRegistry(maximumSeries: maximumSeries))
        probe = factory.probe
    }

    /// The series that a flush would write now, by name.
    func read() -> [String: [String: UInt64]] {
        Dictionary(
            uniqueKeysWithValues: probe.readings().filter { $0.name != probe.name }
                .map { ($0.name, Self.values($0.counters)) })
    }

    /// What a flush would write of all.
    var totals: [String: UInt64] { Self.values(probe.read()) }

    private static func values(_ counters: [ProbeCounter]) -> [String: UInt64] {
        Dictionary(uniqueKeysWithValues: counters.map { ($0.name, $0.value) })
    }
}

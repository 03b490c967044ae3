import Foundation
import Hoofprint
import Metrics
import Testing
import TraceLog

@testable import HoofprintMetrics

@Suite("Metrics")
struct SeriesTests {
    @Test("counters add up, are one of a label and dimensions in any order, and begin anew after a reset")
    func counters() {
        let metrics = TestedMetrics()
        let first = Counter(
            label: "requests", dimensions: [("method", "GET"), ("route", "/")], factory: metrics.factory)
        let second = Counter(
            label: "requests", dimensions: [("route", "/"), ("method", "GET")], factory: metrics.factory)
        first.increment()
        second.increment(by: 41)
        #expect(metrics.read() == ["counter:requests{method=GET,route=/}": ["total": 42]])
        first.reset()
        #expect(metrics.read() == ["counter:requests{method=GET,route=/}": ["total": 0]])
    }

    @Test("counters added to by many threads at once lose nothing")
    func threads() {
        let metrics = TestedMetrics()
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            let counter = Counter(label: "c", factory: metrics.factory)
            let sum = FloatingPointCounter(label: "s", factory: metrics.factory)
            let meter = Meter(label: "m", factory: metrics.factory)
            let timer = Timer(label: "t", factory: metrics.factory)
            for _ in 0..<10_000 {
                counter.increment()
                sum.increment(by: 0.5)
                meter.increment()
                if thread > 0 { meter.decrement() }
                timer.recordNanoseconds(7)
            }
        }
        let read = metrics.read()
        #expect(read["counter:c"] == ["total": 80_000])
        #expect(read["sum:s"] == ["total_micro": 40_000_000_000])
        #expect(read["gauge:m"] == ["value": 10_000])
        #expect(read["timer:t"]?["count"] == 80_000)
        #expect(read["timer:t"]?["sum_ns"] == 560_000)
    }

    @Test("counters stay at their largest number, and do not fall")
    func ends() {
        let metrics = TestedMetrics()
        let counter = Counter(label: "c", factory: metrics.factory)
        counter.increment(by: Int64.max)
        counter.increment(by: 2)
        counter.increment(by: -5)
        let sum = FloatingPointCounter(label: "s", factory: metrics.factory)
        for amount in [0.25, .nan, .infinity, -.infinity, -1, 1e300] { sum.increment(by: amount) }
        let read = metrics.read()
        #expect(read["counter:c"] == ["total": UInt64(Int64.max)])
        #expect(read["sum:s"] == ["total_micro": .max])
        #expect(metrics.totals == ["series": 2, "refused": 0, "lost": 5])
    }

    @Test("gauges have their last value: whole as it is, with a fraction in millionths, below zero told apart")
    func gauges() {
        let metrics = TestedMetrics()
        let gauge = Gauge(label: "g", factory: metrics.factory)
        #expect(metrics.read().isEmpty)
        gauge.record(12)
        #expect(metrics.read() == ["gauge:g": ["value": 12]])
        gauge.record(-3)
        #expect(metrics.read() == ["gauge:g": ["value": 0, "below_zero": 3]])
        gauge.record(0.25)
        #expect(metrics.read() == ["gauge:g": ["value_micro": 250_000, "below_zero_micro": 0]])
        for value in [Double.nan, .infinity] { gauge.record(value) }
        #expect(metrics.read().isEmpty)
        #expect(metrics.totals["lost"] == 2)
    }

    @Test("a meter and a gauge of a name are one series, set, increased and decreased")
    func meters() {
        let metrics = TestedMetrics()
        let meter = Meter(label: "m", factory: metrics.factory)
        meter.increment(by: 2)
        meter.decrement()
        #expect(metrics.read() == ["gauge:m": ["value": 1]])
        meter.set(7)
        Gauge(label: "m", factory: metrics.factory).record(9)
        #expect(metrics.read() == ["gauge:m": ["value": 9]])
        meter.set(1.5)
        for amount in [Double.nan, .infinity] { meter.increment(by: amount) }
        #expect(metrics.read() == ["gauge:m": ["value_micro": 1_500_000]])
    }

    @Test("timers have count and sum of all, and smallest, largest and percentiles of what came since the last flush")
    func timers() throws {
        let metrics = TestedMetrics()
        let timer = Timer(label: "t", factory: metrics.factory)
        for milliseconds in 1...1000 { timer.recordMilliseconds(milliseconds) }
        let read = try #require(metrics.read()["timer:t"])
        #expect(read["count"] == 1000 && read["sum_ns"] == 500_500_000_000)
        #expect(read["min_ns"] == 1_000_000 && read["max_ns"] == 1_000_000_000)
        for (name, exact) in [("p50_ns", 500e6), ("p95_ns", 950e6), ("p99_ns", 990e6)] {
            let value = Double(try #require(read[name]))
            #expect(abs(value - exact) <= exact / 100, "\(name)")
        }
        #expect(metrics.read().isEmpty)
        timer.recordNanoseconds(5)
        #expect(
            metrics.read()["timer:t"] == [
                "count": 1001, "sum_ns": 500_500_000_005, "min_ns": 5, "max_ns": 5, "p50_ns": 5, "p95_ns": 5,
                "p99_ns": 5,
            ])
        timer.recordNanoseconds(-1)
        #expect(metrics.totals["lost"] == 1)
    }

    @Test("timers take durations of any length")
    func longDurations() {
        let metrics = TestedMetrics()
        Timer(label: "t", factory: metrics.factory).recordNanoseconds(Int64.max)
        let read = metrics.read()["timer:t"]
        #expect(read?["max_ns"] == 1 << 63)
        #expect(read?["p99_ns"] == 1 << 63)
    }

    @Test("recorders have the distribution of whole numbers as they are, and of others in millionths")
    func recorders() {
        let metrics = TestedMetrics()
        let recorder = Recorder(label: "r", factory: metrics.factory)
        for size in [100, 200, 300] { recorder.record(size) }
        #expect(
            metrics.read()["recorder:r"] == [
                "count": 3, "sum": 600, "min": 100, "max": 300, "p50": 200, "p95": 300, "p99": 300,
            ])
        for share in [0.5, .nan, -1] { recorder.record(share) }
        #expect(
            metrics.read()["recorder:r"] == [
                "count": 4, "sum_micro": 600_500_000, "min_micro": 500_000, "max_micro": 500_000,
                "p50_micro": 500_000, "p95_micro": 500_000, "p99_micro": 500_000,
            ])
        #expect(metrics.totals["lost"] == 2)
    }

    @Test("a series that is destroyed is written once more, and one of its name begins anew")
    func destroyed() {
        let metrics = TestedMetrics()
        let counter = Counter(label: "c", factory: metrics.factory)
        let timer = Timer(label: "t", factory: metrics.factory)
        let gauge = Gauge(label: "g", factory: metrics.factory)
        let meter = Meter(label: "m", factory: metrics.factory)
        let sum = FloatingPointCounter(label: "s", factory: metrics.factory)
        counter.increment(by: 3)
        timer.recordNanoseconds(1)
        gauge.record(1)
        meter.set(1)
        sum.increment()
        counter.destroy()
        timer.destroy()
        gauge.destroy()
        meter.destroy()
        sum.destroy()
        #expect(metrics.totals["series"] == 0)
        #expect(Set(metrics.read().keys) == ["counter:c", "timer:t", "gauge:g", "gauge:m", "sum:s"])
        counter.increment(by: 100)
        let next = Counter(label: "c", factory: metrics.factory)
        next.increment()
        counter.destroy()
        #expect(metrics.read() == ["counter:c": ["total": 1]])
        #expect(metrics.totals["series"] == 1)
    }

    @Test("beyond the bound no series is made, what they are given is counted, and an end makes room")
    func bound() {
        let metrics = TestedMetrics(maximumSeries: 2)
        let kept = (0..<2).map { Counter(label: "c\($0)", factory: metrics.factory) }
        let refused = Counter(label: "c2", factory: metrics.factory)
        let timer = Timer(label: "t", factory: metrics.factory)
        kept.forEach { $0.increment() }
        refused.increment()
        timer.recordNanoseconds(1)
        #expect(metrics.totals == ["series": 2, "refused": 2, "lost": 2])
        #expect(Set(metrics.read().keys) == ["counter:c0", "counter:c1"])
        kept[0].destroy()
        _ = metrics.read()
        Counter(label: "c2", factory: metrics.factory).increment()
        #expect(metrics.read() == ["counter:c2": ["total": 1]])
    }

    @Test("only what has changed is read again")
    func unchanged() {
        let metrics = TestedMetrics()
        let counters = (0..<3).map { Counter(label: "c\($0)", factory: metrics.factory) }
        #expect(metrics.read().count == 3)
        counters[1].increment()
        #expect(metrics.read() == ["counter:c1": ["total": 1]])
        #expect(metrics.read().isEmpty)
    }
}

// metrics-cost: what swift-metrics' calls cost with HoofprintMetrics, beside the backends that swift-metrics comes with.
//
//     swift run --package-path Benchmarks -c release metrics-cost [SERIES]
//
// Nanoseconds of wall time a call: the median of 15 rounds, in each of which every backend has its turn, on one thread and on as
// many at once as there are processors, all with the same counter or timer. Then what a flush costs where so many series (1,000
// by default: half of them counters, half timers with 100 values each) have all changed: processor time of
// writing the log with them, beside the same without, median of 9. TestMetrics keeps every value: its rounds begin with an empty one.

import CMeasure
import CoreMetrics
import Foundation
import Hoofprint
import HoofprintMetrics
import MetricsTestKit
import Synchronization

let series = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1000
HoofprintSystem.bootstrap(
    HoofprintSystem.Configuration(sinks: [InMemorySink()], probes: [], flushSeconds: 3600, watchesSignals: false))
let hoofprint = HoofprintMetrics(maximumSeries: 100_000)

/// A backend, made anew for each round where it grows.
struct Backend {
    let name: String
    let make: () -> any MetricsFactory
}

let backends = [
    Backend(name: "NOOP") { NOOPMetricsHandler.instance },
    Backend(name: "TestMetrics") { TestMetrics() },
    Backend(name: "HoofprintMetrics") { hoofprint },
]

let calls = 50_000

/// A call, made `calls` times with what a factory gives.
struct Operation: Sendable {
    let name: String
    let run: @Sendable (any MetricsFactory) -> Void
}

let operations = [
    Operation(name: "Counter.increment") { factory in
        let counter = Counter(label: "requests", factory: factory)
        for _ in 0..<calls { counter.increment() }
    },
    Operation(name: "Meter.increment") { factory in
        let meter = Meter(label: "active", factory: factory)
        for _ in 0..<calls { meter.increment() }
    },
    Operation(name: "Timer.record") { factory in
        let timer = Timer(label: "duration", factory: factory)
        for call in 0..<calls { timer.recordNanoseconds(Int64(1_000_000 + call * 331 % 900_000)) }
    },
    Operation(name: "Counter(label:…)") { factory in
        for _ in 0..<calls / 10 {
            Counter(label: "made", dimensions: [("route", "/"), ("method", "GET")], factory: factory).increment()
        }
    },
]

/// Nanoseconds a call where `threads` make it at once.
func cost(of operation: Operation, _ factory: any MetricsFactory, threads: Int) -> Double {
    let made = operation.name.hasSuffix("(label:…)") ? calls / 10 : calls
    let start = measure_monotonic()
    DispatchQueue.concurrentPerform(iterations: threads) { _ in operation.run(factory) }
    return Double(measure_monotonic() - start) / Double(made)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

let processors = ProcessInfo.processInfo.activeProcessorCount
print("ns/call of " + backends.map(\.name).joined(separator: ", ") + "; HoofprintMetrics over TestMetrics")
for threads in processors > 1 ? [1, processors] : [1] {
    for operation in operations {
        var rounds = [[Double]](repeating: [], count: backends.count)
        for _ in 0..<15 {
            for (index, backend) in backends.enumerated() {
                rounds[index].append(cost(of: operation, backend.make(), threads: threads))
            }
        }
        let medians = rounds.map(median)
        let name = operation.name.padding(toLength: 20, withPad: " ", startingAt: 0)
        let columns = medians.map { String(format: "%9.1f", $0) }.joined()
        print(
            "\(threads) thread\(threads == 1 ? " " : "s") \(name)\(columns)  \(String(format: "%.2f", medians[2] / medians[1]))"
        )
    }
}

/// Milliseconds of processor time that the process takes for a flush, nearly all of it the flush thread's.
func flush() -> Double {
    func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }
    let start = processorTime()
    HoofprintSystem.flush()
    return processorTime() - start
}

_ = flush()
let without = median((0..<9).map { _ in flush() })
let counters = (0..<series / 2).map { Counter(label: "c", dimensions: [("n", "\($0)")], factory: hoofprint) }
let timers = (0..<series / 2).map { Timer(label: "t", dimensions: [("n", "\($0)")], factory: hoofprint) }
let with = median(
    (0..<9).map { _ in
        counters.forEach { $0.increment() }
        timers.forEach { timer in (1...100).forEach { timer.recordNanoseconds(Int64($0) * 10_000) } }
        return flush()
    })
print(String(format: "a flush: %.2f ms, with %d series changed %.2f ms", without, counters.count + timers.count, with))

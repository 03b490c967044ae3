// span-cost: nanoseconds and allocations a span, ours and others', as ratios to two bare counter reads.
//
//     swift run --package-path Benchmarks -c release span-cost [--slowest N] [--rounds N] [--tracing]
//
// `--tracing` measures spans of swift-distributed-tracing instead, Hoofprint's tracer beside the package's own.
// `--slowest 0` keeps no exemplars, the default is that of Hoofprint. Every figure is the median of the rounds, by default
// nine; rounds of all rows alternate, on one thread and on two, so that a noisy spell touches all of them.

import CAllocationCount
import Foundation
import Hoofprint

/// The value of an option, or how to write it.
func number(_ option: String, default value: Int) -> Int {
    guard let index = CommandLine.arguments.firstIndex(of: option) else { return value }
    let text = CommandLine.arguments.dropFirst(index + 1).first
    guard let given = text.flatMap({ Int($0) }), given >= 0 else {
        FileHandle.standardError.write(
            Data("span-cost: \(option) needs a number from 0 on, as in '\(option) \(value)'\n".utf8))
        exit(64)
    }
    return given
}

let slowest = number("--slowest", default: 3)
let rounds = max(1, number("--rounds", default: 9))
HoofprintSystem.bootstrap(
    HoofprintSystem.Configuration(sinks: [InMemorySink()], probes: [], flushSeconds: 3600, slowest: slowest))

/// Times all rows in every round, on as many threads as the round has.
func measure(_ rows: [Row], threadCounts: [Int]) async -> [[Int: [Cost]]] {
    var costs = [[Int: [Cost]]](repeating: [:], count: rows.count)
    for round in 0...rounds {
        for threads in threadCounts {
            for (index, row) in rows.enumerated() {
                HoofprintSystem.isRecording = row.isRecording
                let cost = await row.measure(threads: threads)
                // The first round warms up.
                if round > 0 { costs[index][threads, default: []].append(cost) }
            }
        }
    }
    return costs
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

let rows = CommandLine.arguments.contains("--tracing") ? makeTracingRows() : makeRows()
// A task that waits for another keeps its thread: with one processor there is no second one.
let threadCounts = ProcessInfo.processInfo.activeProcessorCount > 1 ? [1, 2] : [1]
let costs = await Task.detached { await measure(rows, threadCounts: threadCounts) }.value
HoofprintSystem.shutdown()

/// A row's figures on so many threads: nanoseconds, and how many times the floor of the same round.
func figures(_ index: Int, threads: Int) -> (nanoseconds: Double, toFloor: Double) {
    guard let row = costs[index][threads], let floor = costs[0][threads] else { return (.nan, .nan) }
    let ratios = zip(row, floor).map { $0.nanoseconds / $1.nanoseconds }
    return (median(row.map(\.nanoseconds)), median(ratios))
}

print("one thread        two threads               mallocs")
print("ns/span  x floor  ns/span  x floor  x one   a span   what")
for (index, row) in rows.enumerated() {
    let one = figures(index, threads: 1)
    let two = figures(index, threads: 2)
    let allocations = allocations_are_counted() ? median(costs[index][1]?.map(\.allocations) ?? [.nan]) : .nan
    let text = String(
        format: "%7.1f  %7.2f  %7.1f  %7.2f  %5.2f  %7.2f   ", one.nanoseconds, one.toFloor, two.nanoseconds,
        two.toFloor, two.nanoseconds / one.nanoseconds, allocations)
    print(text + row.name)
}

// log-volume: how large the log of a million spans is, aggregated and with a line a span, and how exact its percentiles are.
//
//     swift run --package-path Benchmarks -c release log-volume
//
// The program runs itself twice, once in each mode, with the same requests: 52,632 of them, 19 spans each on 13 paths. Exit
// status 1: the log is larger, or a percentile worse, than promised.

import Foundation
import Hoofprint

/// Runs this program again, to write a log.
func record(mode: String, into folder: URL) throws {
    let process = Process()
    process.executableURL = Bundle.main.executableURL
    process.arguments = ["--record", mode, folder.path]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { fail("the run in mode '\(mode)' ended in error, see above") }
}

func kilobytes(_ bytes: Int) -> String { String(format: "%10.1f kB", Double(bytes) / 1e3) }

func verdict(_ isKept: Bool) -> String { isKept ? "met   " : "MISSED" }

/// Prints what was measured; returns whether it is what is promised.
func report(_ folder: URL) throws -> Bool {
    let aggregated = try WrittenLog(Recording.log(mode: "aggregate", in: folder))
    let every = try WrittenLog(Recording.log(mode: "every", in: folder))
    guard aggregated.lostSpans == 0, aggregated.countedSpans == Workload.spans else {
        fail("\(aggregated.countedSpans) of \(Workload.spans) spans are counted, \(aggregated.lostSpans) lost")
    }
    guard every.spans.lines == Workload.spans else {
        fail("\(every.spans.lines) of \(Workload.spans) spans have a line, \(every.lostSpans) lost")
    }
    let plainRatio = Double(every.plainBytes) / Double(aggregated.bytes)
    print("\(Workload.spans) spans on \(aggregated.stats.count) paths, one flush")
    print("\(kilobytes(aggregated.bytes))  the aggregated log, all of it")
    print("\(kilobytes(aggregated.statsBytes))  of which counters and histograms")
    print("\(kilobytes(every.plainBytes))  one plain text line a span: \(Int(plainRatio)) times")
    let ratio = Double(every.spans.bytes) / Double(aggregated.bytes)
    print("\(kilobytes(every.spans.bytes))  one record a span (mode every): \(Int(ratio)) times")

    let exact = try Recording.readDurations(in: folder)
    print("\nerror of percentiles against the durations of all bodies, measured by the program itself")
    print("path              count      p50      p95      p99   p50, exact")
    var worst = 0.0
    for (index, path) in Workload.paths.enumerated() {
        guard let stats = aggregated.stats[path] else { fail("the path '\(path)' is not in the log") }
        let errors = [0.50, 0.95, 0.99].map { exact[index].error(of: stats.histogram, at: $0) }
        worst = max(worst, errors.max() ?? .infinity)
        let cells = errors.map { String(format: "%7.3f %%", $0 * 100) }.joined()
        let median = String(format: "%8.2f µs", exact[index].quantile(0.5) / Double(aggregated.hertz) * 1e6)
        let name = path.padding(toLength: 12, withPad: " ", startingAt: 0)
        print(name + String(format: "%11d", Int(stats.count)) + cells + "  " + median)
    }
    let isSmall = plainRatio >= 1000
    let isExact = worst <= 0.01
    print("\n\(verdict(isSmall))  at least 1000 times smaller than a line a span:", Int(plainRatio))
    print("\(verdict(isExact))  percentiles within 1 %:", String(format: "%.3f %%", worst * 100))
    return isSmall && isExact
}

let arguments = CommandLine.arguments
if arguments.count == 4, arguments[1] == "--record" {
    do {
        try Recording(mode: arguments[2], folder: URL(fileURLWithPath: arguments[3])).run()
    } catch {
        fail("cannot record into '\(arguments[3])': \(error)")
    }
} else if arguments.count == 1 {
    let folder = FileManager.default.temporaryDirectory.appending(path: "log-volume-\(getpid())")
    do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try record(mode: "aggregate", into: folder)
        try record(mode: "every", into: folder)
        let isKept = try report(folder)
        try FileManager.default.removeItem(at: folder)
        exit(isKept ? 0 : 1)
    } catch {
        fail("cannot measure in '\(folder.path)': \(error)")
    }
} else {
    fail("takes no arguments")
}

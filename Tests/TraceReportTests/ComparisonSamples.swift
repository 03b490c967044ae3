#if canImport(Glibc)
import Glibc
import SeededRandom
#else
import Musl
#endif

import TraceLog

@testable import TraceReport

/// Windows of a made-up program: calls whose durations are log-normal, and noise that all calls of a window share.
struct SimulatedProgram {
    /// Calls a window.
    var calls = 300
    /// The spread of the logarithm of what windows share: 0.1 for a tenth.
    var windowNoise = 0.1
    /// How much of a window's noise is its predecessor's, 0…1.
    var persistence = 0.0
    /// The spread of the logarithm of durations.
    var spread = 0.55

    /// Returns windows, all times multiplied by a factor.
    func windows(_ count: Int, factor: Double = 1, _ random: inout SeededGenerator) -> [Timeline.Window] {
        var noise = Self.normal(&random)
        return (0..<count).map { _ in
            let fresh = (1 - persistence * persistence).squareRoot()
            noise = persistence * noise + fresh * Self.normal(&random)
            return window(factor: factor * exp(windowNoise * noise), &random)
        }
    }

    private func window(factor: Double, _ random: inout SeededGenerator) -> Timeline.Window {
        var window = Timeline.Window()
        var counts = Array(repeating: UInt64(0), count: DurationHistogram.bucketCount)
        for _ in 0..<calls {
            let nanoseconds = UInt64(1_000_000 * factor * exp(spread * Self.normal(&random)))
            // As coarse as the reader keeps windows.
            counts[DurationHistogram.bucket(ofTicks: nanoseconds) / 4 * 4 + 2] += 1
            window.totalNanoseconds += nanoseconds
        }
        for (bucket, count) in counts.enumerated() where count > 0 {
            window.durations.add(bucket: bucket, occurrences: count)
        }
        window.count = UInt64(calls)
        window.selfNanoseconds = window.totalNanoseconds
        return window
    }

    /// A normal number (Box and Muller, Annals of Mathematical Statistics 29, 1958).
    private static func normal(_ random: inout SeededGenerator) -> Double {
        let (one, two) = (Double.random(in: 1e-12..<1, using: &random), Double.random(in: 0..<1, using: &random))
        return (-2 * log(one)).squareRoot() * cos(2 * .pi * two)
    }
}

extension Report {
    /// A report of functions that are known by their windows; the first is the root.
    init(windows functions: [(place: FunctionPlace, windows: [Timeline.Window])]) {
        self.init(sortKey: .selfTime)
        timeline.windowNanoseconds = 10_000_000_000
        timeline.windowCount = functions.map(\.windows.count).max() ?? 0
        for (index, function) in functions.enumerated() {
            timeline.functions.append(
                .init(place: function.place, isRoot: index == 0, windows: function.windows))
            let place = function.place
            var summary = FunctionSummary(
                name: place.name, function: place.function, file: place.file, line: place.line)
            for window in function.windows {
                summary.count += window.count
                summary.totalNanoseconds += window.totalNanoseconds
                summary.selfNanoseconds += window.selfNanoseconds
            }
            self.functions.append(summary)
            selfNanoseconds += summary.selfNanoseconds
        }
    }
}

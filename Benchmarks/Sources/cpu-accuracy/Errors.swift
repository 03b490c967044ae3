import Foundation
import TraceLog

/// The spans of a log in mode `every`.
struct Recorded {
    /// On-CPU and wall nanoseconds by name of span, in the order in which they began.
    private(set) var spans: [String: [SpanRecord]] = [:]

    init(_ log: [UInt8]) {
        var names: [UInt64: String] = [:]
        var paths: [UInt64: String] = [:]
        for line in log.split(separator: UInt8(ascii: "\n")) {
            guard case .record(_, let record) = RecordDecoder.decode(Array(line)) else {
                fail("the log holds a line that is no record: \(String(decoding: line.prefix(200), as: UTF8.self))")
            }
            switch record {
            case .callsite(let callsite): names[callsite.id] = callsite.name
            case .path(let path): paths[path.id] = names[path.callsite]
            case .span(let span): spans[paths[span.path] ?? "", default: []].append(span)
            default: break
            }
        }
        for name in spans.keys { spans[name]?.sort { $0.startNanoseconds < $1.startNanoseconds } }
    }
}

/// How far spans' recorded on-CPU times are from what the kernel's clock says.
struct Errors {
    let title: String
    /// Against the readings inside each span, microseconds. What the span's own work takes counts in, and so does an interrupt
    /// that comes between the span's begin or end and a reading.
    private let fromInside: [Double]
    /// By how much the recorded times are outside the bounds: errors for certain, microseconds.
    private let beyondBounds: [Double]
    /// Which share of the spans' time was spent on the processor.
    private let share: Double

    init(_ title: String, _ name: String, _ measured: Measured, _ recorded: Recorded) {
        let expected = measured.bounds[name] ?? []
        let spans = recorded.spans[name] ?? []
        guard !expected.isEmpty, expected.count == spans.count else {
            fail("\(spans.count) of \(expected.count) spans '\(name)' are in the log")
        }
        self.title = title
        fromInside = zip(expected, spans).map { microseconds(from: $0.lowerBound, to: $1.cpuNanoseconds) }
        beyondBounds = zip(expected, spans).map { bounds, span in
            let nearest = min(max(span.cpuNanoseconds, bounds.lowerBound), bounds.upperBound)
            return microseconds(from: nearest, to: span.cpuNanoseconds)
        }
        let wall = spans.reduce(0) { $0 + Double($1.durationNanoseconds) }
        share = spans.reduce(0) { $0 + Double($1.cpuNanoseconds) } / wall
    }

    /// The mean error, too large rather than too small.
    var mean: Double { fromInside.reduce(0, +) / Double(fromInside.count) }

    /// The largest error that is one for certain.
    var maximum: Double { beyondBounds.max() ?? 0 }

    var line: String {
        let largest = fromInside.max() ?? 0
        let figures = String(
            format: "%7.2f %9.2f %9.2f %7d  %5.1f %%  ", mean, maximum, largest, fromInside.count, share * 100)
        return figures + title
    }
}

private func microseconds(from expected: UInt64, to recorded: UInt64) -> Double {
    abs(Double(expected) - Double(recorded)) / 1000
}

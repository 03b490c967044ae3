import Foundation
import TraceLog

/// What a log holds, and what each part of it weighs.
struct WrittenLog {
    struct Lines {
        var lines = 0
        var bytes = 0
    }

    /// All of the log.
    private(set) var bytes = 0
    /// Counters and histograms, and spans.
    private(set) var statsBytes = 0
    private(set) var spans = Lines()
    /// What the spans would take as plain text lines: time, number, parent's number, name, nanoseconds.
    private(set) var plainBytes = 0
    /// The last counters of each path, by the name of its spans.
    private(set) var stats: [String: StatsRecord] = [:]
    private(set) var lostSpans: UInt64 = 0
    private(set) var hertz: UInt64 = 0

    private var names: [UInt64: String] = [:]
    private var paths: [UInt64: String] = [:]
    private var lastStatsPath = ""

    var countedSpans: Int { stats.values.reduce(0) { $0 + Int($1.count) } }

    init(_ file: URL) throws {
        let content = try Data(contentsOf: file)
        bytes = content.count
        try content.withUnsafeBytes { all in
            for line in all.split(separator: UInt8(ascii: "\n")) {
                try read(UnsafeRawBufferPointer(rebasing: line))
            }
        }
    }

    private mutating func read(_ line: UnsafeRawBufferPointer) throws {
        guard case .record(_, let record) = RecordDecoder.decode(line) else {
            fail("the log holds a line that is no record: \(String(decoding: line.prefix(200), as: UTF8.self))")
        }
        switch record {
        case .session(let session):
            // The durations are measured with the counter, and compared in its ticks.
            if session.clock == "monotonic" { fail("the processor's counter is not fit here, so nothing is compared") }
        case .callsite(let callsite): names[callsite.id] = callsite.name
        case .path(let path): paths[path.id] = names[path.callsite]
        case .clock(let clock): hertz = clock.ticksPerSecond
        case .drops(let drops): lostSpans = drops.spans + drops.lines
        case .stats(let record):
            statsBytes += line.count + 1
            lastStatsPath = paths[record.path] ?? ""
            stats[lastStatsPath] = record
        case .buckets(let record):
            statsBytes += line.count + 1
            stats[lastStatsPath]?.histogram.merge(record.histogram)
        case .span(let span):
            spans.lines += 1
            spans.bytes += line.count + 1
            plainBytes += plainLine(of: span).utf8.count
        default: break
        }
    }

    private func plainLine(of span: SpanRecord) -> String {
        let name = paths[span.path] ?? ""
        return "2026-01-01T00:00:00.000000Z id=\(span.id) parent=\(span.parent) \(name) \(span.durationNanoseconds)\n"
    }
}

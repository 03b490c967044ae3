import SeededRandom
import TraceReport

/// Requests as a report has them.
extension RequestSummary {
    /// An instant of `WrittenLog`'s first flush.
    static let start = WrittenLog.start + 1_000_000_123

    /// A request of spans, given as their parents, names, begins, durations and threads.
    init(
        id: UInt64, session: UInt64 = 0x5eb6_3bbb_e01e_eed0, after nanoseconds: UInt64 = 0,
        _ spans: [(parent: Int?, name: String, start: UInt64, duration: UInt64, thread: UInt64)]
    ) {
        self.init(
            session: session, id: id, reason: .slow, startWallNanoseconds: Self.start + nanoseconds,
            durationNanoseconds: spans.first?.duration ?? 0)
        for (index, span) in spans.enumerated() {
            let place = FunctionPlace(
                name: span.name, function: "\(span.name)(_:)", file: "Red/Measure.swift", line: UInt64(index) + 1)
            let depth = span.parent.map { self.spans[$0].depth + 1 } ?? 0
            self.spans.append(
                Span(
                    place: place, parent: span.parent, depth: depth, startNanoseconds: span.start,
                    durationNanoseconds: span.duration, selfNanoseconds: span.duration / 2,
                    cpuNanoseconds: span.duration / 4, thread: span.thread))
        }
        criticalPath = [Segment(span: 0, startNanoseconds: 0, endNanoseconds: durationNanoseconds)]
    }

    /// A root with two children at once, one of which has a child that goes on after it; of several threads.
    static let overlapping = RequestSummary(
        id: 12,
        [
            (nil, "POST /images", 0, 41_000_001, 7), (0, "image.decode", 1_000, 30_000_007, 8),
            (1, "image.red.count", 2_001, 9_999, 8), (0, "image.store", 1_000_003, 12_000_000, 7),
            (3, "disk.sync", 2_000_000, 20_000_000, 9), (0, "answer", 35_000_000, 6_000_001, 7),
        ])

    /// Sync spans on one thread, in nanoseconds that no microsecond holds.
    static func nested(id: UInt64, after nanoseconds: UInt64) -> RequestSummary {
        RequestSummary(
            id: id, after: nanoseconds,
            [
                (nil, "GET /", 0, 5_000_003, 7), (0, "load", 1, 2_000_001, 7), (1, "parse", 1, 1_000_000, 7),
                (1, "check", 1_000_001, 1_000_001, 7), (0, "none", 2_000_002, 0, 7),
                (0, "send", 2_000_002, 3_000_001, 7),
            ])
    }

    /// A tree that no program would write on purpose: spans at random under random parents, within them or not.
    static func random(id: UInt64, _ random: inout SeededGenerator) -> RequestSummary {
        let count = Int.random(in: 1...40, using: &random)
        let threads = UInt64.random(in: 1...3, using: &random)
        var spans: [(parent: Int?, name: String, start: UInt64, duration: UInt64, thread: UInt64)] = []
        for index in 0..<count {
            let parent = index == 0 ? nil : Int.random(in: 0..<index, using: &random)
            let (from, length) = parent.map { (spans[$0].start, spans[$0].duration) } ?? (0, 10_000_000)
            let start = from + UInt64.random(in: 0...length, using: &random)
            let duration = UInt64.random(in: 0...max(1, length / 2), using: &random)
            let thread = UInt64.random(in: 1...threads, using: &random)
            spans.append((parent, "f\(Int.random(in: 0..<5, using: &random))", start, duration, thread))
        }
        return RequestSummary(id: id, after: UInt64.random(in: 0...50_000_000, using: &random), spans)
    }
}

extension Report {
    /// The picture service with requests: some overlap, one failed, one is of another process, and a span that did not end.
    static func withRequests() throws -> Report {
        var other = WrittenLog(session: 99)
        // A process id again, as after a restart.
        other.writeSession()
        var found = try report(WrittenLog.pictureService().bytes, other.bytes)
        var failed = RequestSummary.nested(id: 15, after: 60_000_000)
        failed.reason = .failed
        failed.spans[0].hasFailed = true
        failed.isPartial = true
        var elsewhere = RequestSummary.nested(id: 12, after: 1_000_000)
        elsewhere.session = 99
        var outliving = RequestSummary(
            id: 16, after: 80_000_000, [(nil, "GET /", 0, 1_000, 7), (0, "log", 500, 2_000, 7)])
        outliving.spans[1].outlivesParentNanoseconds = 1_500
        found.requests = [
            .overlapping, failed, .nested(id: 13, after: 0), .nested(id: 14, after: 2_000_000), elsewhere, outliving,
        ]
        found.open = [
            OpenSpan(
                session: 99, pid: 4242, stack: [FunctionPlace(name: "POST /images"), FunctionPlace(name: "lock")],
                request: 77, startWallNanoseconds: WrittenLog.start + 3_000_000_000, ageNanoseconds: 7_000_000_000)
        ]
        found.timeline = timeline()
        return found
    }

    private static func timeline() -> Timeline {
        var timeline = Timeline()
        timeline.startWallNanoseconds = WrittenLog.start
        timeline.windowNanoseconds = 10_000_000_000
        timeline.windowCount = 2
        for (name, isRoot) in [("POST /images", true), ("image.decode", false)] {
            let windows = [(30, 0, 4_000_000_000), (50, 5, 25_000_000_000)].map { count, errors, own in
                var window = Timeline.Window()
                (window.count, window.errors, window.selfNanoseconds) = (UInt64(count), UInt64(errors), UInt64(own))
                return window
            }
            timeline.functions.append(
                Timeline.FunctionSeries(place: FunctionPlace(name: name), isRoot: isRoot, windows: windows))
        }
        return timeline
    }
}

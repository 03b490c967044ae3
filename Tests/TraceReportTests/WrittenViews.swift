import TraceLog

@testable import TraceReport

/// The picture service's report with call paths, requests, open spans and a timeline, made by hand.
extension Report {
    static let decode = FunctionPlace(
        name: "image.decode", function: "image.decode(_:)", file: "Red/Measure.swift", line: 20)
    static let count = FunctionPlace(
        name: "image.red.count", function: "image.red.count(_:)", file: "Red/Measure.swift", line: 30)
    static let store = FunctionPlace(
        name: "image.store", function: "image.store(_:)", file: "Red/Measure.swift", line: 40)
    static let cache = FunctionPlace(
        name: "cache.lookup", function: "cache.lookup(_:)", file: "Red/Measure.swift", line: 50)
    static let post = FunctionPlace(
        name: "POST /images", function: "POST /images(_:)", file: "Red/Measure.swift", line: 10)
    static let list = FunctionPlace(name: "GET /images", function: "list(_:)", file: "Red/List.swift", line: 7)

    /// 15 minutes in windows of 10 seconds; the store is slow from 00:06:10 to 00:07:40.
    static func pictureViews() throws -> Report {
        var analyser = LogAnalyser()
        try analyser.read(.bytes(WrittenLog.sampledPictureService().bytes, name: "server.log"))
        var report = analyser.report()
        report.tree = pictureTree()
        report.requests = pictureRequests(session: report.processes[0].session)
        report.open = pictureOpenSpans(session: report.processes[0].session)
        report.timeline = pictureTimeline()
        for index in report.functions.indices where report.functions[index].place == store {
            report.functions[index].p99Interval = 5_600_000...31_000_000
        }
        return report
    }

    private static func pictureTree() -> CallingContextTree {
        var tree = CallingContextTree()
        tree.functions = [post, decode, count, store, cache, list]
        func add(_ parent: Int?, _ function: Int, _ calls: UInt64, total: UInt64, own: UInt64, cpu: UInt64 = 0) {
            let depth = parent.map { tree.nodes[$0].depth + 1 } ?? 0
            var node = CallingContextTree.Node(parent: parent, function: function, depth: depth)
            (node.count, node.totalNanoseconds, node.selfNanoseconds) = (calls, total, own)
            (node.cpuNanoseconds, node.maximumNanoseconds) = (cpu, total / calls * 3)
            (node.p50Nanoseconds, node.p99Nanoseconds) = (total / calls, total / calls * 2)
            node.isAsync = parent == nil
            tree.nodes.append(node)
        }
        add(nil, 0, 300, total: 6_000_000_000, own: 120_000_000)
        add(0, 1, 300, total: 3_900_000_000, own: 3_000_000_000, cpu: 3_840_000_000)
        add(1, 2, 1_200, total: 900_000_000, own: 900_000_000, cpu: 897_000_000)
        add(0, 3, 280, total: 1_750_000_000, own: 1_750_000_000, cpu: 35_000_000)
        add(0, 4, 5_000, total: 130_000_000, own: 130_000_000, cpu: 129_000_000)
        add(nil, 5, 20, total: 101_000_000, own: 1_000_000)
        add(5, 3, 20, total: 50_000_000, own: 50_000_000, cpu: 1_000_000)
        add(5, 4, 1_000, total: 50_000_000, own: 50_000_000, cpu: 48_000_000)
        return tree
    }

    private static func pictureRequests(session: UInt64) -> [RequestSummary] {
        func request(
            _ id: UInt64, _ reason: RequestSummary.Reason, at seconds: UInt64, scale: UInt64
        ) -> RequestSummary {
            var request = RequestSummary(
                session: session, id: id, reason: reason,
                startWallNanoseconds: WrittenLog.start + seconds * 1_000_000_000 + 123_000_000,
                durationNanoseconds: 100 * scale)
            func add(_ place: FunctionPlace, _ parent: Int?, from start: UInt64, to end: UInt64, own: UInt64) {
                let depth = parent.map { request.spans[$0].depth + 1 } ?? 0
                request.spans.append(
                    RequestSummary.Span(
                        place: place, parent: parent, depth: depth, startNanoseconds: start * scale,
                        durationNanoseconds: (end - start) * scale, selfNanoseconds: own * scale))
            }
            add(post, nil, from: 0, to: 100, own: 10)
            add(cache, 0, from: 2, to: 4, own: 2)
            add(cache, 0, from: 4, to: 8, own: 4)
            add(decode, 0, from: 10, to: 30, own: 15)
            add(count, 3, from: 20, to: 25, own: 5)
            add(store, 0, from: 30, to: 96, own: 66)
            let path: [(Int, UInt64, UInt64)] = [
                (0, 0, 2), (1, 2, 4), (2, 4, 8), (0, 8, 10), (3, 10, 20), (4, 20, 25), (3, 25, 30), (5, 30, 96),
                (0, 96, 100),
            ]
            request.criticalPath = path.map {
                RequestSummary.Segment(span: $0.0, startNanoseconds: $0.1 * scale, endNanoseconds: $0.2 * scale)
            }
            return request
        }
        var requests = [
            request(41, .slow, at: 372, scale: 2_120_000), request(97, .failed, at: 401, scale: 1_530_000),
            request(12, .slow, at: 12, scale: 410_000),
        ]
        requests[2].isPartial = true
        return requests
    }

    private static func pictureOpenSpans(session: UInt64) -> [OpenSpan] {
        func span(_ request: UInt64, _ stack: [FunctionPlace], age: UInt64, thread: UInt64 = 0) -> OpenSpan {
            OpenSpan(
                session: session, pid: 4_242, stack: stack, request: request, thread: thread,
                startWallNanoseconds: WrittenLog.start + 900_000_000_000 - age * 1_000_000,
                ageNanoseconds: age * 1_000_000)
        }
        return [
            span(501, [post], age: 48_000), span(501, [post, store], age: 47_100, thread: 3),
            span(501, [post, decode], age: 46_000), span(501, [post, decode, count], age: 45_900, thread: 4),
            span(502, [list], age: 800), span(502, [list, cache], age: 700), span(502, [list, cache], age: 650),
        ]
    }

    private static func pictureTimeline() -> Timeline {
        var timeline = Timeline()
        timeline.startWallNanoseconds = WrittenLog.start
        timeline.windowNanoseconds = 10_000_000_000
        timeline.windowCount = 90
        func series(_ place: FunctionPlace, isRoot: Bool, _ calls: UInt64, typical: UInt64, slow: UInt64) {
            let windows = (0..<90).map { index in
                let isSlow = (37..<46).contains(index) && slow > 1
                var window = Timeline.Window()
                for call in 0..<calls {
                    let duration = typical * (100 + (call * 7 + UInt64(index) * 3) % 20) / 100
                    window.durations.add(ticks: isSlow && call % 10 == 0 ? duration * slow : duration)
                    window.totalNanoseconds += isSlow && call % 10 == 0 ? duration * slow : duration
                }
                window.count = calls
                window.selfNanoseconds = isRoot ? calls * 10_000 : window.totalNanoseconds
                return window
            }
            timeline.functions.append(Timeline.FunctionSeries(place: place, isRoot: isRoot, windows: windows))
        }
        series(post, isRoot: true, 60, typical: 20_000_000, slow: 4)
        series(decode, isRoot: false, 60, typical: 13_000_000, slow: 1)
        series(store, isRoot: false, 60, typical: 6_000_000, slow: 12)
        series(count, isRoot: false, 240, typical: 750_000, slow: 1)
        return timeline
    }
}

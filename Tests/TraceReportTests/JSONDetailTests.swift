import Foundation
import Testing
import TraceLog
import TraceReport

@Suite("The JSON of trees, requests, open spans and resources")
struct JSONDetailTests {
    private typealias Object = [String: Any]

    private func parsed(_ report: Report, top: Int? = nil) throws -> Object {
        let text = JSONRenderer(top: top).render(report)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
    }

    private func list(_ value: Any?) throws -> [Object] { try #require(value as? [Object]) }

    @Test("says what the report does")
    func agreement() throws {
        let found = try report(WrittenLog.watchedPictureService().bytes)
        let json = try parsed(found)
        let requests = try list(json["requests"])
        #expect(requests.compactMap { $0["took_ns"] as? UInt64 } == found.requests.map(\.durationNanoseconds))
        for (object, request) in zip(requests, found.requests) {
            let spans = try list(object["spans"])
            #expect(spans.compactMap { $0["self_ns"] as? UInt64 } == request.spans.map(\.selfNanoseconds))
            #expect(spans.map { $0["parent"] as? Int } == request.spans.map(\.parent))
            #expect(try list(object["critical_path"]).count == request.criticalPath.count)
        }
        let tree = try #require(json["tree"] as? Object)
        let totals = try list(tree["nodes"]).compactMap { $0["total_ns"] as? UInt64 }
        #expect(totals == found.tree.nodes.map(\.totalNanoseconds))
        #expect(try list(tree["functions"]).map { $0["name"] as? String } == found.tree.functions.map(\.name))
        #expect(try list(json["open"]).compactMap { $0["age_ns"] as? UInt64 } == found.open.map(\.ageNanoseconds))
        let resources = try #require(json["resources"] as? Object)
        #expect(try list(resources["counters"]).count == found.resources.counters.count)
        let decode = try #require(try list(json["functions"]).first { $0["name"] as? String == "image.decode" })
        let quantiles = ["p50", "p90", "p95", "p99", "p999"].compactMap { decode[$0 + "_ns"] as? UInt64 }
        #expect(quantiles.count == 5 && quantiles == quantiles.sorted())
        let nodes = try list(tree["nodes"])
        for node in nodes {
            let isRoot = node["parent"] is NSNull
            #expect(["p90", "p95", "p999"].allSatisfy { (node[$0 + "_ns"] != nil) == isRoot })
        }
        #expect(nodes[0]["p999_ns"] as? UInt64 == found.tree.nodes[0].p999Nanoseconds)
        let interval = try #require(decode["p99_interval_ns"] as? [UInt64])
        #expect(interval == found.function("image.decode")?.p99Interval.map { [$0.lowerBound, $0.upperBound] })
    }

    @Test("writes as many requests, open spans and functions as were asked for")
    func top() throws {
        let json = try parsed(try report(WrittenLog.watchedPictureService().bytes), top: 1)
        for key in ["functions", "requests", "open"] { #expect(try list(json[key]).count == 1) }
    }

    @Test("a timeline has a number, or null, for each window")
    func timeline() throws {
        var found = try report(WrittenLog.watchedPictureService().bytes)
        var window = Timeline.Window()
        (window.count, window.totalNanoseconds) = (2, 30)
        window.durations.add(ticks: 10)
        window.durations.add(ticks: 20)
        let place = FunctionPlace(name: "f", function: "f()", file: "F.swift", line: 3)
        (found.timeline.windowNanoseconds, found.timeline.windowCount) = (5, 2)
        found.timeline.functions = [
            Timeline.FunctionSeries(place: place, isRoot: true, windows: [window, Timeline.Window()])
        ]
        let timeline = try #require(try parsed(found)["timeline"] as? Object)
        #expect(timeline["window_ns"] as? Int == 5)
        let series = try #require(try list(timeline["functions"]).first)
        #expect(series["counts"] as? [Int] == [2, 0])
        #expect(series["total_ns"] as? [Int] == [30, 0])
        let p99 = try #require(series["p99_ns"] as? [Any])
        #expect(p99.first as? Int == 20 && p99.last is NSNull)
        let first = try #require(try parsed(found, top: 1)["timeline"] as? Object)
        #expect(try list(first["functions"]).isEmpty, "it is not among the first functions")
    }

    @Test("hostile names come back as they were, and obey nobody on the way")
    func hostileNames() throws {
        let name = "a\u{1b}]0;x\u{7}\u{202e}\u{2028}\u{9b}31m\"\\</script><img onerror=x>|`=cmd()\u{0}é"
        var log = WrittenLog()
        log.writeSession()
        log.writeClock(seconds: 1)
        log.writePath(1, under: 0, name)
        log.writeStats(1, count: 1, total: 1_000, own: 1_000, cpu: 0)
        log.writeRequest(1, [(1, 0, 0, 5, 0)])
        log.writeOpen(1, seconds: 0, age: 1)
        log.write(.usage(UsageRecord(path: 1, blocksIn: 1)))
        log.writeProbe(name, [("bytes", 1)])
        var analyser = LogAnalyser()
        try analyser.read(.bytes(log.bytes, name: name))
        let found = analyser.report(selection: ReportSelection(root: "a*", process: name + "?"))
        let everything = analyser.report(selection: ReportSelection(function: name))
        for report in [found, everything] {
            let text = JSONRenderer().render(report)
            let isClean = text.dropLast().unicodeScalars.allSatisfy { scalar in
                ![.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
            }
            #expect(isClean)
        }
        let json = try parsed(everything)
        #expect(try list(try list(json["requests"]).first?["spans"]).first?["name"] as? String == name)
        #expect(try list(try list(json["open"]).first?["stack"]).first?["name"] as? String == name)
        #expect(try list((json["tree"] as? Object)?["functions"]).first?["name"] as? String == name)
        let resources = try #require(json["resources"] as? Object)
        #expect(try list(resources["roots"]).first?["name"] as? String == name)
        #expect(try list(resources["counters"]).first?["probe"] as? String == name)
    }
}

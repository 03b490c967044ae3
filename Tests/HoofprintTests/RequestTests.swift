import TestSupport
import Testing
import TraceLog

/// Exemplars: whole trees of the slowest and of the failed requests, and spans that are open for long.
@Suite("Requests worth looking at")
struct RequestTests {
    /// A tree as names: each span's callsite, with its parent's.
    private func edges(_ request: LoggedRequest, _ log: DecodedLog) -> [String: Int] {
        let named = request.spans.map { span in
            let parent = request.spans[Int(span.parent)]
            return "\(log.name(ofPath: parent.path)) | \(log.name(ofPath: span.path))"
        }
        return Dictionary(named.map { ($0, 1) }, uniquingKeysWith: +)
    }

    @Test("the slowest requests' trees are whole, across tasks and threads", arguments: ["aggregate", "every"])
    func slowest(mode: String) throws {
        let log = try ScenarioRun.run("requests", ["HOOFPRINT": mode, "HOOFPRINT_SLOWEST": "2"]).log
        let slow = log.requests.filter { $0.record.reason == .slow }
        #expect(slow.count == 2)
        let slowest = try #require(slow.max { $0.record.durationNanoseconds < $1.record.durationNanoseconds })
        #expect(slowest.record.durationNanoseconds >= 30_000_000)
        #expect(!slowest.record.isPartial)
        #expect(
            edges(slowest, log) == [
                "request | request": 1, "request | request > parse": 1, "request | request > query": 2,
                "request | request > stall": 1, "request > query | request > query > rows": 2,
                "request > query > rows | request > query > rows > row": 6,
                "request > query | request > query > close": 2,
            ])
        let stall = try #require(slowest.spans.first { log.name(ofPath: $0.path) == "request > stall" })
        #expect(stall.durationNanoseconds >= 30_000_000 && stall.cpuNanoseconds < stall.durationNanoseconds / 2)
        for request in log.requests {
            #expect(request.record.spans == UInt64(request.spans.count))
            for span in request.spans {
                let end = span.startNanoseconds + span.durationNanoseconds
                // Rounding to nanoseconds may part what was equal in ticks.
                #expect(end <= request.record.durationNanoseconds + 2)
            }
        }
    }

    @Test("requests that failed are kept, with the spans that did")
    func failed() throws {
        let log = try ScenarioRun.run("requests", ["HOOFPRINT_SLOWEST": "5"]).log
        let failed = log.requests.filter { $0.record.reason == .failed }
        #expect(failed.count == 2)
        for request in failed {
            let names = request.spans.filter(\.hasFailed).map { log.name(ofPath: $0.path) }
            #expect(names.sorted() == ["request", "request > refuse"])
        }
        #expect(log.requests.filter { $0.record.reason == .slow }.count == 5)
    }

    @Test("a tree is what mode every wrote of the request, span for span")
    func everySpan() throws {
        let log = try ScenarioRun.run("requests", ["HOOFPRINT": "every", "HOOFPRINT_SLOWEST": "40"]).log
        #expect(log.requests.count == 40)
        let spans = Dictionary(grouping: log.spans, by: \.parent)
        for request in log.requests {
            var found: [String: Int] = [
                "\(log.name(ofPath: request.record.path)) | \(log.name(ofPath: request.record.path))": 1
            ]
            var next = log.spans.filter { $0.id == request.record.id }
            while let span = next.popLast() {
                for child in spans[span.id] ?? [] {
                    found["\(log.name(ofPath: span.path)) | \(log.name(ofPath: child.path))", default: 0] += 1
                    next.append(child)
                }
            }
            #expect(edges(request, log) == found)
        }
    }

    @Test("a sync span without a parent is a request too")
    func syncRoots() throws {
        let log = try ScenarioRun.run("sync-requests").log
        #expect(log.requests.count == 3)
        let slowest = try #require(log.requests.max { $0.record.durationNanoseconds < $1.record.durationNanoseconds })
        #expect(
            edges(slowest, log) == [
                "job | job": 1, "job | job > step": 2, "job | job > stall": 1, "job > step | job > step > part": 1,
            ])
        #expect(Set(slowest.spans.map(\.thread)).count == 1)
    }

    @Test("a tree too large to be remembered says so")
    func largeRequest() throws {
        let log = try ScenarioRun.run("large-request").log
        let request = try #require(log.requests.first)
        #expect(log.requests.count == 1 && request.record.isPartial)
        #expect(request.spans.count > 1000)
        #expect(log.name(ofPath: try #require(request.spans.first).path) == "large")
        #expect(request.spans.dropFirst().allSatisfy { log.name(ofPath: $0.path) == "large > part" && $0.parent == 0 })
    }

    @Test("none are kept where none are asked for")
    func switchedOff() throws {
        #expect(try ScenarioRun.run("requests", ["HOOFPRINT_SLOWEST": "0"]).log.requests.isEmpty)
    }

    @Test("spans that hang are in the log while they hang, sync and async, and short ones are not")
    func hung() throws {
        let log = try ScenarioRun.run("hung", ["HOOFPRINT_FLUSH": "0.05", "HOOFPRINT_OPEN": "0.2"]).log
        let names = Set(log.open.map { log.name(ofPath: $0.path) })
        #expect(names == ["stuck", "stuck > lock", "waiting"])
        #expect(log.open.allSatisfy { $0.ageNanoseconds >= 200_000_000 })
        for record in log.open { #expect((record.thread == 0) == (log.name(ofPath: record.path) == "waiting")) }
    }

    @Test("spans beyond the bound on paths count on (other), none is lost")
    func tooManyPaths() throws {
        let log = try ScenarioRun.run("too-many-paths", ["HOOFPRINT_MEMORY": "128MiB", "HOOFPRINT_SLOWEST": "0"]).log
        let recorded = log.statsByName.values.joined().reduce(0) { $0 + $1.count + $1.folded }
        #expect(recorded == 3 * 32_766 && log.drops.paths == 0)
        #expect((log.statsByName["(other)"]?.first?.count ?? 0) > 0)
        #expect(log.paths.count == 16_383)
    }
}

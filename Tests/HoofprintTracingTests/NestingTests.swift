import TestSupport
import Testing
import TraceLog
import TraceReport

@Suite("Spans of the tracer and of Hoofprint")
struct NestingTests {
    let log: SpanLog

    init() throws {
        log = try SpanLog(scenario: "nesting")
    }

    @Test("are each other's parents, in a task")
    func both() {
        let around = ["both.traced", "own.outer"]
        #expect(log.stacks("own.leaf") == [["own.leaf", "both.innermost", "own.inner"] + around])
        #expect(log.stacks("own.sync") == [["own.sync"] + around])
        #expect(log.misused == 0)
    }

    @Test("find their parents in child tasks and unstructured ones, and have none in detached ones")
    func tasks() {
        #expect(log["own.child"].count == 50)
        #expect(log.stacks("own.child") == [["own.child", "tasks.child", "tasks"]])
        let children = Set(log["own.child"].map(\.parent))
        #expect(children == Set(log["tasks.child"].map(\.id)))
        #expect(log.stacks("tasks.unstructured") == [["tasks.unstructured", "tasks"]])
        #expect(log.stacks("tasks.detached") == [["tasks.detached"]])
    }

    @Test("in a sync span are inside it, and no time is counted twice or lost")
    func sync() throws {
        #expect(log.stacks("sync.inner") == [["sync.inner", "sync.traced", "own.frame"]])
        let spans = ["own.frame", "sync.traced", "sync.inner", "own.inFrame"].flatMap { log[$0] }
        #expect(spans.count == 5)
        let frame = try #require(log["own.frame"].first)
        let sum = spans.reduce(0) { $0 + $1.selfTime }
        // The tracer's spans read the clock twice for that, at their begin and at their end.
        #expect(Double(sum) < Double(frame.took) * 1.05 && Double(sum) > Double(frame.took) * 0.95)
        let outer = try #require(log["sync.traced"].first)
        #expect(outer.cpu > 0 && outer.cpu <= outer.took)
    }

    @Test("are where the context says that they were handed")
    func explicit() {
        #expect(log.stacks("own.handedOn") == [["own.handedOn", "explicit.second", "explicit.first"]])
        // A trace of its own; its time is part of what runs here.
        #expect(log.stacks("explicit.topLevel") == [["explicit.topLevel", "own.other"]])
        let traces = log.spans.filter { $0.name.hasPrefix("explicit") }.compactMap { $0.attributes["trace_id"] }
        #expect(traces.count == 3 && Set(traces).count == 2)
    }

    @Test("that are renamed count under their last name, and children by their numbers")
    func renamed() {
        #expect(log["renamed.before"].isEmpty)
        #expect(log.stacks("own.before") == [["own.before", "renamed.after"]])
        #expect(log.stacks("own.after") == [["own.after", "renamed.after"]])
    }

    @Test("in mode aggregate are on each other's paths")
    func paths() throws {
        let run = try Scenario.run(["nesting"])
        var analyser = LogAnalyser()
        try analyser.read(.bytes(run.standardError, name: "log"))
        let report = analyser.report()
        let counts = Dictionary(report.functions.map { ($0.name, $0.count) }, uniquingKeysWith: +)
        #expect(counts["own.child"] == 50 && counts["tasks.child"] == 50 && counts["own.inFrame"] == 2)
        #expect(counts["renamed.after"] == 1)
        let request = try #require(report.requests.first { $0.spans.first?.place.name == "own.outer" })
        #expect(request.spans.map(\.place.name).prefix(3) == ["own.outer", "both.traced", "own.inner"])
        // The first span that is part of a trace gives the request its trace.
        #expect(request.trace != nil)
    }
}

import TestSupport
import Testing
import TraceLog

@Suite("Spans in tasks")
struct AsyncSpanTests {
    @Test("a parent is found across await, async let, Task and task groups")
    func parents() throws {
        let log = try ScenarioRun.run("async").log
        #expect(
            log.counts == [
                "request": [1], "request > left": [1], "request > left > left.work": [1], "request > right": [1],
                "request > right > right.work": [1], "request > task": [1], "request > member": [5],
            ])
        #expect(log.paths.values.first { log.name(ofPath: $0.id) == "request" }?.form == .async)
    }

    @Test("children at once cover the union of their intervals, so self time is never negative or lost")
    func overlappingChildren() throws {
        let stats = try ScenarioRun.run("async").log.statsByName
        let request = try #require(stats["request"]?.first)
        let left = try #require(stats["request > left"]?.first)
        // Two sleeps of 20 ms run side by side; neither counts as the request's own time.
        #expect(left.totalNanoseconds >= 20_000_000)
        #expect(request.selfNanoseconds <= request.totalNanoseconds - left.totalNanoseconds)
    }

    @Test("after every hop between threads a span finds its own task's parent")
    func hops() throws {
        let log = try ScenarioRun.run("hops").log
        #expect(log.counts == ["even": [8], "odd": [8], "even > in.even": [2000], "odd > in.odd": [2000]])
        #expect(log.drops == DropsRecord())
    }

    @Test("over 100,000 real hops between threads every parent is right")
    func manyHops() throws {
        let run = try ScenarioRun.run("many-hops", ["HOOFPRINT_SLOWEST": "0"])
        let said = run.output.split(whereSeparator: \.isWhitespace)
        let numbers = said.compactMap { UInt64($0) }
        try #require(numbers.count == 2)
        #expect(numbers[0] >= 100_000)
        let stops = [numbers[1]]
        #expect(
            run.log.counts == [
                "even": [4], "odd": [4], "even > in.even": stops, "odd > in.odd": stops,
                "even > in.even > before": stops, "odd > in.odd > before": stops,
                "even > in.even > after": stops, "odd > in.odd > after": stops,
            ])
        #expect(run.log.drops == DropsRecord())
    }

    @Test("the same holds for single spans, by their parents' numbers")
    func hopsInEvery() throws {
        let log = try ScenarioRun.run("hops", ["HOOFPRINT": "every"]).log
        let byId = Dictionary(uniqueKeysWithValues: log.spans.map { ($0.id, $0) })
        // A machine too busy to run the flush thread in time costs records, counted.
        #expect(UInt64(log.spans.count) + log.drops.spans == 4016)
        for span in log.spans where span.parent != 0 {
            guard let parent = byId[span.parent] else {
                #expect(log.drops.spans > 0)
                continue
            }
            #expect(log.paths[span.path]?.parent == parent.path)
            #expect(parent.startNanoseconds <= span.startNanoseconds)
        }
    }

    @Test("tokens nest in a task, across its suspensions")
    func tokens() throws {
        let log = try ScenarioRun.run("tokens").log
        #expect(
            log.counts == [
                "outer": [1], "outer > inner": [1], "outer > inner > below": [1],
                "outer > inner > below > plain": [1], "outer > inner > below > plain > below.plain": [1],
                "outer > beside": [1], "outer > sync": [1], "outer > sync > sync.below": [1], "after": [1],
            ])
        // On-CPU time is measured of sync spans alone.
        let form = log.paths.values.first { log.name(ofPath: $0.id) == "outer > sync" }?.form
        #expect(form == .sync)
    }
}

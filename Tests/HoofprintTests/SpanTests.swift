import TestSupport
import Testing
import TraceLog

@Suite("Spans of a process")
struct SpanTests {
    @Test("calls are counted on their call path, with callsite, file and line")
    func nesting() throws {
        let log = try ScenarioRun.run("nested").log
        #expect(log.counts == ["request": [1], "request > step": [3], "request > step > part": [3, 3]])
        let parts = log.callsites.values.filter { $0.name == "part" }.sorted { $0.line < $1.line }
        #expect(parts.count == 2)
        #expect(parts.allSatisfy { $0.function == "nested()" && $0.file == "hoofprint_scenarios/Scenarios.swift" })
        #expect(parts[1].line == parts[0].line + 1)
    }

    @Test("self times add up to the root's inclusive time", arguments: ["nested", "threads", "cpu", "recursion"])
    func conservation(scenario: String) throws {
        let log = try ScenarioRun.run(scenario).log
        let stats = log.statsByName
        let roots = stats.filter { !$0.key.contains(" > ") }.values.joined()
        let inclusive = roots.reduce(0) { $0 + $1.totalNanoseconds }
        let ownTime = stats.values.joined().reduce(0) { $0 + $1.selfNanoseconds }
        // Each record's conversion from ticks rounds down by less than a nanosecond.
        #expect(ownTime <= inclusive && inclusive - ownTime <= UInt64(stats.values.joined().count))
        #expect(stats.values.joined().allSatisfy { $0.maximumNanoseconds <= $0.totalNanoseconds })
        #expect(stats.values.joined().allSatisfy { $0.cpuNanoseconds <= $0.totalNanoseconds })
    }

    @Test("the histogram holds every finished span")
    func histograms() throws {
        let log = try ScenarioRun.run("threads").log
        for stats in log.statsByName.values.joined() { #expect(stats.histogram.count == stats.count) }
        #expect(log.counts == ["thread": [8], "thread > leaf": [8000]])
    }

    @Test("threads that come and go leave their counts and reuse their memory")
    func threadChurn() throws {
        let log = try ScenarioRun.run("thread-churn", ["HOOFPRINT_SLOWEST": "0"]).log
        #expect(log.counts == ["thread": [200], "thread > leaf": [2000]])
        #expect(log.drops == DropsRecord())
    }

    @Test("direct recursion folds into the outermost call")
    func recursion() throws {
        let log = try ScenarioRun.run("recursion").log
        let recurse = try #require(log.statsByName["outer > recurse"]?.first)
        #expect(recurse.count == 1)
        #expect(recurse.folded == 999)
    }

    @Test("an error marks its span, with its type, and is thrown on")
    func errors() throws {
        let log = try ScenarioRun.run("errors").log
        #expect(log.statsByName["work"]?.map(\.errors) == [5])
        #expect(log.statsByName["work"]?.map(\.count) == [10])
        let types = Dictionary(uniqueKeysWithValues: log.errors.map { (log.name(ofPath: $0.path), $0) })
        #expect(types["work"]?.type == "hoofprint_scenarios.Refused")
        #expect(types["work"]?.count == 5)
        #expect(types["marked"]?.type == "timeout")
    }

    @Test("computing is told from waiting")
    func onCPU() throws {
        let stats = try ScenarioRun.run("cpu").log.statsByName
        let compute = try #require(stats["both > compute"]?.first)
        let sleep = try #require(stats["both > sleep"]?.first)
        // The scenario burns 5 x 20 ms by the thread's CPU clock and sleeps 5 x 20 ms, however busy the machine is.
        #expect((99_000_000...105_000_000).contains(compute.cpuNanoseconds))
        #expect(sleep.cpuNanoseconds < 5_000_000)
        #expect(sleep.totalNanoseconds >= 100_000_000)
    }

    @Test("memory is bounded by the setting; calls on paths beyond it are counted as lost", arguments: [1, 4])
    func boundedMemory(mebibytes: Int) throws {
        let log = try ScenarioRun.run("many-paths", ["HOOFPRINT_MEMORY": "\(mebibytes)MiB"]).log
        let recorded = log.statsByName.values.joined().reduce(0) { $0 + $1.count }
        // 3 x (2 + 4 + … + 2^14) calls; a histogram bucket that found no memory is a loss too.
        #expect(recorded + log.drops.paths >= 3 * 32_766)
        #expect(recorded < 3 * 32_766)
        #expect(log.paths.count < mebibytes << 20 / 400)
        #expect(log.damagedLines == 0)
    }
}

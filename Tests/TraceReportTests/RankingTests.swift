import Testing
import TraceLog
import TraceReport

@Suite("The ranking of functions")
struct RankingTests {
    @Test("sums are those of a walk up from every path, on random trees with recursion", arguments: 1...40)
    func bruteForce(seed: UInt64) throws {
        let tree = RandomTree(seed: seed)
        var writer = WrittenLog()
        tree.write(to: &writer)
        let found = try report(writer.bytes)
        var sums: [String: RandomTree.Sums] = [:]
        for function in found.functions {
            sums[function.name] = RandomTree.Sums(
                count: function.count, total: function.totalNanoseconds, own: function.selfNanoseconds,
                cpu: function.cpuNanoseconds)
        }
        #expect(sums == tree.expected)
        #expect(found.selfNanoseconds == tree.rootTotal, "time is conserved: self times add up to the roots'")
        #expect(abs(found.functions.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    }

    @Test("recursion counts its inclusive time once and its self time always")
    func recursion() throws {
        var writer = WrittenLog()
        writer.writeSession()
        writer.writeClock()
        writer.writeCallsite(1, "visit")
        writer.writeCallsite(2, "other")
        writer.writePath(1, parent: 0, callsite: 1)
        writer.writePath(2, parent: 1, callsite: 2)
        writer.writePath(3, parent: 2, callsite: 1)
        writer.writeStats(1, count: 1, total: 100, own: 20, cpu: 90)
        writer.writeStats(2, count: 1, total: 80, own: 30, cpu: 75)
        writer.writeStats(3, count: 2, total: 50, own: 50, cpu: 50)
        let visit = try #require(try report(writer.bytes).function("visit"))
        #expect(visit.count == 3)
        #expect(visit.totalNanoseconds == 100)
        #expect(visit.selfNanoseconds == 70)
        #expect(visit.cpuNanoseconds == 90)
        #expect(visit.waitNanoseconds == 10)
        #expect(visit.selfCPUNanoseconds == 15 + 50)
    }

    @Test("CPU time of an async function is a lower bound, and no verdict is made of it")
    func asyncPaths() throws {
        var writer = WrittenLog()
        writer.writeSession()
        writer.writeClock()
        writer.writeCallsite(1, "request")
        writer.writeCallsite(2, "decode")
        writer.writePath(1, parent: 0, callsite: 1, form: .async)
        writer.writePath(2, parent: 1, callsite: 2)
        writer.writeStats(1, count: 10, total: 10_000_000, own: 9_000_000, cpu: 1_000_000)
        writer.writeStats(2, count: 10, total: 1_000_000, own: 1_000_000, cpu: 1_000_000)
        let found = try report(writer.bytes)
        #expect(found.function("request")?.hasAsyncPaths == true)
        #expect(found.function("decode")?.hasAsyncPaths == false)
        #expect(found.tracingShare == nil, "the CPU time of the roots is not known")
        let text = TextRenderer(width: 100).render(found)
        #expect(text.contains("it AWAITS: suspended, or in code that no sync span covers."))
        #expect(text.contains("≥10%"))
    }

    @Test("sessions of one program are added up by callsite, whatever ids they gave it")
    func merging() throws {
        var first = WrittenLog(session: 1)
        first.writeSession(pid: 1)
        first.writeClock(hz: 2_000_000_000)
        first.writeCallsite(7, "query")
        first.write(.callsite(CallsiteRecord(id: 3, name: "query", function: "f()", file: "Other.swift", line: 7)))
        first.writePath(1, parent: 0, callsite: 7)
        first.writePath(2, parent: 0, callsite: 3)
        first.writeStats(1, count: 1, total: 1_000_000, own: 1_000_000, cpu: 0, durations: [2_000_000])
        first.writeStats(2, count: 1, total: 5, own: 5, cpu: 0)
        var second = WrittenLog(session: 2)
        second.writeSession(pid: 2)
        second.writeClock(hz: 1_000_000_000)
        second.writeCallsite(7, "query")
        second.writePath(40, parent: 0, callsite: 7)
        second.writeStats(
            40, count: 3, total: 9_000_000, own: 9_000_000, cpu: 0, durations: [3_000_000, 3_000_000, 3_000_000])
        let found = try report(first.bytes + second.bytes)
        #expect(found.processes.map(\.pid) == [1, 2])
        #expect(found.functions.count == 2)
        let query = try #require(found.functions.first)
        #expect((query.count, query.totalNanoseconds) == (4, 10_000_000))
        // The longest is 2,000,000 ticks of a 2 GHz clock; the histograms of the two clocks are joined in nanoseconds.
        let median = Double(try #require(query.p50Nanoseconds))
        #expect(abs(median - 3_000_000) < 0.016 * 3_000_000)
    }

    @Test("calls per request are counted against the roots a function runs under")
    func callsPerRequest() throws {
        var writer = WrittenLog()
        writer.writeSession()
        writer.writeClock()
        for (id, name) in [(1, "GET"), (2, "POST"), (3, "query")] as [(UInt64, String)] {
            writer.writeCallsite(id, name)
        }
        writer.writePath(1, parent: 0, callsite: 1)
        writer.writePath(2, parent: 0, callsite: 2)
        writer.writePath(3, parent: 1, callsite: 3)
        writer.writeStats(1, count: 10, total: 1_000_000, own: 1_000, cpu: 0)
        writer.writeStats(2, count: 99, total: 1_000_000, own: 1_000, cpu: 0)
        writer.writeStats(3, count: 2_140, total: 900_000, own: 900_000, cpu: 0)
        let found = try report(writer.bytes)
        #expect(found.function("query")?.rootCalls == 10)
        let text = TextRenderer(width: 100).render(found)
        #expect(text.contains("called 214 times per request."))
    }
}

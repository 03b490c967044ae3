import Testing
import TraceLog
import TraceReport

@Suite("Resources in a report")
struct ResourceTests {
    private func server(_ tag: UInt64, _ values: [(user: UInt64, resident: UInt64)]) -> [UInt8] {
        var log = WrittenLog(session: tag)
        log.writeSession(pid: tag)
        log.writePath(1, under: 0, "GET")
        log.writePath(2, under: 0, "POST")
        for (index, value) in values.enumerated() {
            let flush = UInt64(index) + 1
            log.writeClock(seconds: 10 * flush)
            log.writeStats(1, count: 5 * flush, total: 10, own: 10, cpu: 0)
            log.write(.usage(UsageRecord(path: 1, minorFaults: 3 * flush, voluntarySwitches: flush, blocksOut: 8)))
            if flush == 1 { log.write(.usage(UsageRecord(path: 2, majorFaults: 1, blocksIn: 16))) }
            log.writeProbe("process", [("user_us", value.user), ("resident_bytes", value.resident)])
        }
        return log.bytes
    }

    @Test("what the requests of a root used is the newest sum of each session, added up by function")
    func roots() throws {
        let resources = try report(server(1, [(1, 1), (2, 2), (3, 1)]), server(2, [(7, 9)])).resources
        var get = RootUsage(place: FunctionPlace(name: "GET", function: "GET(_:)", file: "Red/Measure.swift", line: 10))
        (get.requests, get.minorFaults, get.voluntarySwitches, get.blocksOut) = (20, 12, 4, 16)
        #expect(resources.roots.first == get)
        #expect(resources.roots.map(\.place.name) == ["GET", "POST"])
        #expect(resources.roots.last?.majorFaults == 2)
        #expect(resources.roots.last?.blocksIn == 32)
    }

    @Test("counters have first, last, lowest and highest values, and a rate where they only grow")
    func counters() throws {
        let counters = try report(server(1, [(100, 50), (400, 70), (700, 40)])).resources.counters
        var resident = CounterSummary(session: 1, probe: "process", name: "resident_bytes", value: 50)
        (resident.readings, resident.last, resident.minimum, resident.maximum) = (3, 40, 40, 70)
        var user = CounterSummary(session: 1, probe: "process", name: "user_us", value: 100)
        (user.readings, user.last, user.maximum, user.growthPerSecond) = (3, 700, 700, 30)
        #expect(counters == [resident, user])
    }

    @Test("counters are shown under their probe in their units, and as a table for programs, as many as --top says")
    func view() throws {
        let read = try report(server(1, [(100, 50), (400, 70), (700, 40)]))
        let lines = CountersView().lines(of: read, in: TextLayout(width: 80))
        #expect(
            lines.dropFirst(3) == [
                "  process",
                "       40 B       40 B       70 B             resident_bytes",
                "      700µs      100µs      700µs     30.0µs  user_us",
            ])
        let cut = CountersView(top: 1).lines(of: read, in: TextLayout(width: 80))
        #expect(cut.last == "1 more: --top 2.")
        #expect(
            CountersView().table(of: read).rows.map { Array($0.suffix(7)) } == [
                [.text("resident_bytes"), .count(3), .count(50), .count(40), .count(40), .count(70), .count(nil)],
                [.text("user_us"), .count(3), .count(100), .count(700), .count(100), .count(700), .count(30)],
            ])
        let none = CountersView().lines(of: try report(server(1, [])), in: TextLayout(width: 80))
        #expect(none == ["No counter is in the log."])
    }

    @Test("the files of a rotated set give the same in any order")
    func rotated() throws {
        let log = server(1, (1...12).map { (UInt64($0 * $0), UInt64(100 - $0)) })
        let lines = log.split(separator: UInt8(ascii: "\n")).map { Array($0) + [UInt8(ascii: "\n")] }
        let whole = try report(log).resources
        for cut in stride(from: 5, to: lines.count, by: 4) {
            let parts = [lines[..<cut], lines[cut...]].map { Array($0.joined()) }
            let newestFirst = try report(parts[1], parts[0]).resources
            #expect(newestFirst.roots == whole.roots)
            #expect(newestFirst.counters.map(\.readings) == whole.counters.map(\.readings))
            #expect(newestFirst.counters.map(\.first) == whole.counters.map(\.first))
            #expect(newestFirst.counters.map(\.last) == whole.counters.map(\.last))
            #expect(newestFirst.counters.map { $0.growthPerSecond == nil } == [true, false])
        }
    }

    @Test("counters beyond the bound are left out, and their record is counted")
    func limits() throws {
        var limits = Limits()
        (limits.counters, limits.usages) = (1, 1)
        let found = try report(server(1, [(1, 2), (3, 4)]), limits: limits)
        #expect(found.resources.counters.map(\.name) == ["user_us"])
        #expect(found.resources.roots.map(\.place.name) == ["GET"])
        #expect(found.inputs[0].beyondLimits == 3)
    }
}

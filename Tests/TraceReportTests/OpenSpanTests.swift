import Testing
import TraceLog
import TraceReport

@Suite("Spans that had not ended")
struct OpenSpanTests {
    /// A server with a request that hangs in a store, at its second flush.
    private func hanging() -> WrittenLog {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "GET", form: .async)
        log.writePath(2, under: 1, "store")
        log.writeClock(seconds: 10)
        log.writeOpen(1, seconds: 1, age: 9, request: 5)
        log.writeOpen(2, seconds: 3, age: 7, request: 6, thread: 9)
        log.writeClock(seconds: 20)
        log.writeOpen(2, seconds: 3, age: 17, request: 6, thread: 9)
        log.writeOpen(1, seconds: 2, age: 18, request: 6)
        return log
    }

    @Test("are those of the last flush, the oldest first, with the functions above them")
    func lastFlush() throws {
        let open = try report(hanging().bytes).open
        #expect(open.map { $0.stack.map(\.name) } == [["GET"], ["GET", "store"]])
        #expect(open.map { $0.ageNanoseconds / 1_000_000_000 } == [18, 17])
        #expect(open.map(\.request) == [6, 6])
        #expect(open.map(\.thread) == [0, 9])
        #expect(open.map(\.startWallNanoseconds) == [2, 3].map { WrittenLog.start + $0 * 1_000_000_000 })
        #expect(open.allSatisfy { $0.pid == 4242 && $0.crashSignal == nil })
    }

    @Test(
        "of a session that was shut down there are none; a signal or a kill leaves them",
        arguments: ["shutdown", "SIGTERM", "killed"])
    func ended(reason: String) throws {
        var log = hanging()
        log.write(.end(EndRecord(reason: reason)))
        #expect(try report(log.bytes).open.count == (reason == "shutdown" ? 0 : 2))
    }

    @Test("a flush without any says that what was open has ended")
    func ended() throws {
        var log = hanging()
        log.writeClock(seconds: 30)
        #expect(try report(log.bytes).open.isEmpty)
    }

    @Test("after a crash they are those open then, though the flush thread was in a flush, or writes another")
    func crash() throws {
        var log = hanging()
        log.write(.crash(CrashRecord(signal: 11, thread: 9)))
        log.writePath(3, under: 1, "decode")
        log.writeOpen(3, seconds: 19, age: 2, request: 8, thread: 10)
        log.writeOpen(2, seconds: 3, age: 18, request: 6, thread: 9)
        // Of the flush that was under way: the same span, its begin by another rate of the clock.
        let again = OpenRecord(path: 2, request: 6, thread: 9, startNanoseconds: 3_000_000_007, ageNanoseconds: 17)
        log.write(.open(again))
        log.writeClock(seconds: 21)
        log.writeOpen(2, seconds: 3, age: 18, request: 6, thread: 9)
        log.write(.end(EndRecord(reason: "SIGSEGV")))
        let open = try report(log.bytes).open
        #expect(open.map { $0.stack.map(\.name) } == [["GET", "store"], ["GET", "decode"]])
        #expect(open.map(\.crashSignal) == [11, 11])
    }

    @Test("tables that go in circles, and paths that no record names, give a stack")
    func hostile() throws {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 2, "a")
        log.writePath(2, under: 1, "b")
        log.writeOpen(1, seconds: 1, age: .max / 1_000_000_000)
        log.writeOpen(99, seconds: 2, age: 1)
        let open = try report(log.bytes).open
        #expect(open.map { $0.stack.map(\.name) } == [["b", "a"], ["(unnamed path 99)"]])
    }

    @Test("what is beyond the bounds is left out and counted, the oldest records first")
    func limits() throws {
        var log = WrittenLog()
        log.writeSession()
        for index in 0..<2_000 as Range<UInt64> { log.writeOpen(1, seconds: index, age: index, request: index) }
        let found = try report(log.bytes)
        #expect(found.open.count == 1_024)
        #expect(found.open.last?.request == 2_000 - 1_024)
        #expect(found.inputs[0].beyondLimits == 2_000 - 1_024)
        var limits = Limits()
        limits.openSpans = 3
        #expect(try report(log.bytes, limits: limits).open.count == 3)
    }
}

import Foundation
import Testing
import TraceLog

@testable import TraceReport

/// Processes that did not end by themselves, and clocks that jumped.
@Suite("How processes ended")
struct EndTests {
    /// A server that serves a request when it writes last, after 20 seconds.
    private func server(
        session: UInt64 = 7, pid: UInt64 = 4242, _ records: [Record] = [], ending reason: String? = nil
    ) -> WrittenLog {
        var log = WrittenLog(session: session)
        log.writeSession(pid: pid)
        log.writePath(1, under: 0, "GET")
        log.writeClock(seconds: 10)
        log.writeStats(1, count: 1, total: 1_000, own: 1_000, cpu: 1_000)
        log.writeClock(seconds: 20)
        for record in records { log.write(record) }
        log.writeOpen(1, seconds: 1, age: 19, request: 5, thread: 3)
        if let reason { log.write(.end(EndRecord(reason: reason))) }
        return log
    }

    private func screen(_ report: Report, width: Int = 140) -> [String] {
        TextRenderer(width: width).render(report).split(separator: "\n").map(String.init)
    }

    private func process(_ report: Report) throws -> [String: Any] {
        let text = JSONRenderer().render(report)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        return try #require((json["processes"] as? [[String: Any]])?.first)
    }

    @Test("a crash is said by its signal, on the first screen, in the page and in the JSON")
    func crash() throws {
        let crash = Record.crash(CrashRecord(signal: 11, thread: 3))
        let found = try report(server([crash], ending: "SIGSEGV").bytes)
        #expect(screen(found).contains("pid 4242 crashed with SIGSEGV. --open shows what it was doing."))
        #expect(screen(found).contains { $0.hasPrefix("OPEN WHEN the process crashed with SIGSEGV: 1 request") })
        #expect(try process(found)["ended"] as? String == "SIGSEGV")
        #expect(try process(found)["crash_signal"] as? Int == 11)
        let page = HTMLRenderer().render(found)
        #expect(page.contains("pid 4242 crashed with SIGSEGV.") && !page.contains("--open shows"))
        let view = ViewRenderer(view: OpenView(), layout: TextLayout(width: 100)).render(found)
        #expect(view.contains("pid 4242 crashed with SIGSEGV.\n"))
        // One that could not write that it ended.
        #expect(try screen(report(server([crash]).bytes)).contains { $0.hasPrefix("pid 4242 crashed with SIGSEGV.") })
    }

    @Test("a kill is said; a signal that asks a process to end, and an end in order, are not")
    func kill() throws {
        let killed = try report(server(ending: "killed").bytes)
        #expect(screen(killed).contains("pid 4242 was killed. --open shows what it was doing."))
        #expect(screen(killed).contains { $0.hasPrefix("OPEN WHEN the process was killed: 1 request") })
        #expect(HTMLRenderer().render(killed).contains("was killed"))
        #expect(try process(killed)["ended"] as? String == "killed")
        for reason in ["SIGTERM", "shutdown"] {
            let ended = try report(server(ending: reason).bytes)
            #expect(!screen(ended).contains { $0.contains("4242") && !$0.contains("web-1") })
            #expect(try process(ended)["ended"] as? String == reason)
        }
        #expect(
            try screen(report(server(ending: "SIGTERM").bytes)).contains {
                $0.hasPrefix("OPEN WHEN the process was ended by SIGTERM: 1 request")
            })
        let cut = try screen(report(server(ending: "ring file cut short").bytes))
        #expect(cut.contains("Recording ended in pid 4242 when somebody cut its ring file short."))
    }

    @Test("without an end it was running or killed; with lines of its program and host long after, it does not run")
    func silent() throws {
        let alone = try report(server().bytes)
        #expect(screen(alone).contains("pid 4242 was still running, or was killed, when the log ended."))
        #expect(try process(alone)["ended"] is NSNull)
        #expect(try process(alone)["fell_silent"] as? Bool == false)
        // Its flush is late by three, and ten seconds; then by one more.
        for (seconds, isSilent) in [(60, false), (61, true)] as [(UInt64, Bool)] {
            var next = WrittenLog(session: 8)
            next.writeSession(pid: 4243)
            next.writeClock(seconds: seconds)
            next.write(.end(EndRecord(reason: "shutdown")))
            let found = try report(server().bytes + next.bytes)
            let words = "pid 4242 wrote nothing after 00:00:20, while others wrote on: it was killed, or hangs."
            #expect(screen(found).contains(words) == isSilent)
            #expect(found.processes.map(\.fellSilent) == [isSilent, false])
            let narrow = screen(found, width: 60)
            #expect(narrow.joined(separator: " ").contains(words) == isSilent)
            #expect(narrow.allSatisfy { $0.count <= 60 })
            // Which file they stand in, and in which order, does not matter.
            #expect(try report(next.bytes, server().bytes).processes.map(\.fellSilent) == [isSilent, false])
        }
    }

    @Test("many processes are counted by how they ended")
    func many() throws {
        let crash = Record.crash(CrashRecord(signal: 6, thread: 3))
        let logs =
            (1...3).map { server(session: $0, pid: 10 + $0, ending: "killed").bytes }
            + (4...5).map { server(session: $0, pid: 10 + $0, [crash]).bytes }
            + (6...9).map { server(session: $0, pid: 10 + $0).bytes }
        let text = screen(try report(of: logs), width: 240).joined(separator: " ")
        #expect(text.contains("2 processes crashed with SIGABRT."))
        #expect(text.contains("3 processes were killed. "))
        #expect(
            text.contains("4 processes were still running, or were killed, when the log ended. --open shows what they"))
        #expect(text.contains("OPEN WHEN 5 processes ended: 5 requests"))
    }

    /// Clocks at so many seconds, with the wall clock ahead by so many.
    private func log(ofClocks clocks: [(seconds: Int64, lead: Int64)]) -> WrittenLog {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "GET")
        for clock in clocks {
            let wall = Int64(WrittenLog.start) + 1_000_000_000 * (clock.seconds + clock.lead)
            log.write(
                .clock(
                    ClockRecord(
                        wallNanoseconds: UInt64(wall), monotonicNanoseconds: UInt64(clock.seconds) * 1_000_000_000,
                        ticks: UInt64(clock.seconds) * 2_000_000_000, ticksPerSecond: 2_000_000_000)))
        }
        log.writeStats(1, count: 1, total: 1_000, own: 1_000, cpu: 1_000)
        return log
    }

    @Test(
        "a wall clock that jumped is said, by how much, also where it jumped back again",
        arguments: [
            ([(10, 0), (20, 0)], nil), ([(10, 0), (20, 3_600)], "1h"), ([(10, 0), (20, -86_400), (30, 0)], "1d00h"),
        ] as [([(Int64, Int64)], String?)])
    func clockJump(clocks: [(Int64, Int64)], jump: String?) throws {
        let written = log(ofClocks: clocks.map { (seconds: $0.0, lead: $0.1) })
        let found = try report(written.bytes)
        let line = screen(found).first { $0.contains("jumped") }
        let expected = jump.map { "While pid 4242 ran, the wall clock jumped by \($0)" }
        #expect((line == nil) == (expected == nil))
        if let expected { #expect(line?.hasPrefix(expected) == true, "\(line ?? "")") }
        let nanoseconds = try #require(try process(found)["clock_jump_ns"] as? UInt64)
        #expect((nanoseconds > 0) == (jump != nil))
        // In whatever order the lines come, and out of a partial.
        #expect(try report(Array(written.lines.reversed().joined())).processes == found.processes)
        let partial = try Partial(of: [.bytes(written.bytes, name: "server.log.0")]).encoded()
        #expect(try report(partial).processes == found.processes)
    }

    @Test("steps of the processor's counter are among what is missing")
    func steps() throws {
        let drops = Record.drops(DropsRecord(clockSteps: 3))
        let found = try report(server([drops], ending: "shutdown").bytes)
        #expect(screen(found).contains("the processor's clock went wrong 3 times"))
        #expect(JSONRenderer().render(found).contains("\"clock_steps\":3"))
    }

    @Test("ring files beside the log are named: unread ones with the option, one that cannot be read with the reason")
    func rings() throws {
        var found = try report(server().bytes)
        let ring = LeftRing(path: "server.log.ring.4242", log: "server.log")
        found.leftRings = [ring]
        let words = "server.log.ring.4242 holds what a killed process had not written: --open reads it, too."
        #expect(screen(found).contains(words))
        #expect(screen(found).contains { $0.hasPrefix("pid 4242 was killed.") })
        found.leftRings = [LeftRing(path: "server.log.ring.42", log: "server.log", use: .read)]
        let read = screen(found)
        #expect(read.contains { $0.hasPrefix("pid 4242 was still running") })
        #expect(read.contains("With server.log.ring.42: what a killed process had not written."))
        let reason = "another version of Hoofprint wrote it"
        found.leftRings = [ring, LeftRing(path: "server.log.ring.7", log: "server.log", use: .unreadable(reason))]
        #expect(
            screen(found).contains("server.log.ring.7, which a killed process left, cannot be read: \(reason)."))
        let json = JSONRenderer().render(found)
        #expect(
            json.contains(
                "\"left_rings\":[{\"file\":\"server.log.ring.4242\",\"log\":\"server.log\",\"read\":false},"
                    + "{\"file\":\"server.log.ring.7\",\"log\":\"server.log\",\"read\":false,"
                    + "\"unreadable\":\"\(reason)\"}]"))
    }
}

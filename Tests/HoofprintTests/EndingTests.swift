import Foundation
import TestSupport
import Testing
import TraceLog

@Suite("What becomes of a recording when its process forks, is ended or crashes")
struct EndingTests {
    private static let stuck = "waiting > for ever > stuck"

    @Test("a forked child that records has a session of its own")
    func fork() throws {
        let run = try ScenarioRun.run("fork")
        #expect(run.status == 0)
        let sessions = DecodedLog.sessions(run.standardError)
        #expect(sessions.count == 2)
        #expect(sessions.map { $0.counts["request"] } == [[2], [1]])
        #expect(sessions.map(\.endReason) == ["shutdown", "shutdown"])
        #expect(sessions[0].session?.pid != sessions[1].session?.pid)
        for session in sessions {
            let sequences = session.records.map(\.header.sequence)
            #expect(sequences == Array(0..<UInt64(sequences.count)))
        }
    }

    @Test(
        "spans open at a fork are the parent's alone; the child's begin at the root", arguments: ["aggregate", "every"])
    func forkInside(mode: String) throws {
        let run = try ScenarioRun.run("fork-inside", ["HOOFPRINT": mode])
        #expect(run.status == 0)
        let sessions = DecodedLog.sessions(run.standardError)
        try #require(sessions.count == 2)
        #expect(
            Set(sessions[0].endedPaths) == [
                "serve", "serve > token > request", "serve > token", "serve > token > after",
                "serve > token > after > inner",
            ])
        #expect(
            Set(sessions[1].endedPaths) == [
                "request", "request > step", "request > step > part", "after", "after > inner",
            ])
        #expect(sessions.allSatisfy { $0.drops.misused == 0 })
    }

    @Test("a thousand forks beside a thread that records: no child hangs, and each one's session is whole")
    func forkOften() throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let run = try ScenarioRun.run("fork-often", ["HOOFPRINT_SINK": "file:\(log.path)"])
        #expect(run.status == 0)
        #expect(run.standardError.isEmpty)
        let sessions = DecodedLog.sessions([UInt8](try Data(contentsOf: log)))
        #expect(sessions.count == 501)
        #expect(sessions.count { $0.counts["child"] == [1] } == 500)
        // Children that leave by _exit(2) leave a ring file, as killed ones do; the next start takes it.
        _ = try ScenarioRun.run("nested", ["HOOFPRINT_SINK": "file:\(log.path)"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["server.log"])
    }

    @Test(
        "a signal that ends the process waits for the flush",
        arguments: [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT"), (SIGHUP, "SIGHUP")])
    func ended(signal: Int32, name: String) throws {
        let run = try ScenarioRun.run("ready", watch: .ready(signal))
        #expect(run.wasEndedBySignal && run.status == signal)
        #expect(run.log.counts["done"] == [5])
        #expect(run.log.endReason == name)
    }

    @Test("the program's own handler stays in place")
    func ownHandler() throws {
        let run = try ScenarioRun.run("own-handler", watch: .ready(SIGTERM))
        #expect(!run.wasEndedBySignal && run.status == 7)
        #expect(run.log.endReason == "shutdown")
    }

    @Test("signals are left alone where that is asked for")
    func unwatched() throws {
        let run = try ScenarioRun.run("ready", ["HOOFPRINT_SIGNALS": "off"], watch: .ready(SIGTERM))
        #expect(run.wasEndedBySignal && run.status == SIGTERM)
        #expect(run.log.endReason == nil)
    }

    @Test(
        "a crash leaves the open spans and everything before in the log, and is a crash still",
        arguments: [
            ("bad-access", [SIGSEGV]), ("fatal-error", [SIGILL, SIGTRAP]), ("overflow", [SIGSEGV]),
            ("abort", [SIGABRT]),
        ])
    func crash(scenario: String, signals: [Int32]) throws {
        let run = try ScenarioRun.run(scenario)
        #expect(run.wasEndedBySignal)
        #expect(signals.contains(run.status))
        let log = run.log
        let crashes = log.records.compactMap { entry -> CrashRecord? in
            if case .crash(let crash) = entry.record { crash } else { nil }
        }
        #expect(crashes.map(\.signal) == [UInt64(run.status)])
        let open = log.open.filter { $0.thread == crashes[0].thread }.map { log.name(ofPath: $0.path) }
        #expect(open == ["outer", "outer > crashing"])
        #expect(log.endReason?.hasPrefix("SIG") == true)
        #expect(log.damagedLines == 0)
        #expect(Set(log.records.map(\.header.sequence)).count == log.records.count)
    }

    @Test("kill -9: the next start writes what was not flushed, and what was open", arguments: ["aggregate", "every"])
    func killed(mode: String) throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let environment = ["HOOFPRINT": mode, "HOOFPRINT_SINK": "file:\(log.path)"]
        let killed = try ScenarioRun.run("ready", environment, watch: .ready(SIGKILL))
        #expect(killed.wasEndedBySignal)
        #expect(try Self.ringFiles(folder).count == 1)
        _ = try ScenarioRun.run("nested", environment)
        #expect(try Self.ringFiles(folder).isEmpty)
        let sessions = DecodedLog.sessions([UInt8](try Data(contentsOf: log)))
        try #require(sessions.count == 2)
        #expect(sessions[0].endedPaths == Array(repeating: "done", count: mode == "every" ? 5 : 1))
        #expect(sessions[0].endReason == "killed")
        let open = sessions[0].open.map { sessions[0].name(ofPath: $0.path) }
        #expect(open == ["waiting", "waiting > for ever", Self.stuck])
        // It was killed before its first flush, yet lived until the last of them began.
        #expect(sessions[0].open[0].ageNanoseconds > 0)
    }

    @Test(
        "kill -9 at 200 random moments: nothing that had ended is missing, nothing is there twice",
        arguments: ["aggregate", "every"])
    func killedAtRandom(mode: String) throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let ended = folder.url.appendingPathComponent("ended")
        var environment = ["HOOFPRINT": mode, "HOOFPRINT_FLUSH": "0.05", "HOOFPRINT_SINK": "file:\(log.path)"]
        var expected: [UInt64: UInt64] = [:]
        for _ in 0..<100 {
            try Data(repeating: 0, count: 8).write(to: ended)
            environment["ENDED_FILE"] = ended.path
            let run = try ScenarioRun.run(
                "count", environment, watch: .ready(SIGKILL, afterMicroseconds: UInt32.random(in: 0..<120_000)))
            expected[run.pid] = try Data(contentsOf: ended).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        }
        // A start that ends again soon reads what it has the time for.
        for _ in 0..<100 where try !Self.ringFiles(folder).isEmpty { _ = try ScenarioRun.run("nested", environment) }
        #expect(try Self.ringFiles(folder).isEmpty)
        let sessions = DecodedLog.sessions([UInt8](try Data(contentsOf: log)))
        let missing = Set(expected.keys).subtracting(sessions.map { $0.session?.pid ?? 0 })
        #expect(missing.isEmpty)
        for session in sessions {
            guard let ended = expected[session.session?.pid ?? 0] else { continue }
            #expect(session.endReason == "killed")
            // A line met twice has the number that it has in the log already.
            let once = Dictionary(session.records.map { ($0.header.sequence, $0.record) }) { first, _ in first }
            #expect(session.damagedLines == 0)
            let counted: UInt64
            if mode == "every" {
                let spans = once.values.compactMap { if case .span(let span) = $0 { span } else { nil } }
                #expect(Set(spans.map(\.id)).count == spans.count)
                counted = UInt64(spans.count { session.name(ofPath: $0.path) == "counted" }) + session.drops.spans
            } else {
                counted = session.counts["counted"]?.first ?? 0
            }
            // One may have ended that was not counted yet when the signal came.
            #expect((0...1).contains(Int(counted) - Int(ended)))
        }
    }

    @Test("kill -9: trace-report reads the ring file, beside the log or alone, and not that of a living process")
    func report() throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        _ = try ScenarioRun.run("ready", ["HOOFPRINT_SINK": "file:\(log.path)"], watch: .ready(SIGKILL))
        // It may have been killed before it opened its log.
        if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
        let ring = folder.url.appendingPathComponent(try #require(try Self.ringFiles(folder).first))
        for inputs in [[ring], [log, ring]] {
            let report = try Self.traceReport(inputs)
            #expect(report.status == 0)
            #expect(report.output.contains("done"))
            #expect(!report.error.contains("name both"))
        }
        // The log alone: an empty one is no report, and what is left beside it is told.
        let alone = try Self.traceReport([log])
        #expect(
            alone.status == 0
                ? alone.output.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(
                    " holds what a killed process had not written: --open reads it, too.")
                : alone.error.contains("'\(ring.path)' holds what a process that was killed"))
        let table = try Self.traceReport([log], "--format", "csv")
        #expect(table.error.components(separatedBy: "'\(ring.path)' holds what a process that was killed").count == 2)
        let view = try Self.traceReport([log], "--open", "--format", "markdown")
        #expect(view.status == 0 && view.error.isEmpty)
        #expect(view.output.contains("what a killed process had not written") && view.output.contains("was killed"))
        let descriptor = open(ring.path, O_RDWR)
        defer { close(descriptor) }
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        #expect(fcntl(descriptor, F_SETLK, &range) == 0)
        let refused = try Self.traceReport([ring])
        #expect(refused.status == 66)
        #expect(refused.error.contains("is running"))
    }

    private static func traceReport(_ inputs: [URL], _ options: String...) throws -> ProgramRun {
        try .run(productsFolder.appendingPathComponent("trace-report").path, inputs.map(\.path) + options)
    }

    @Test("exec: what was not flushed is in the ring file")
    func exec() throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let environment = ["HOOFPRINT_SINK": "file:\(log.path)"]
        #expect(try ScenarioRun.run("exec", environment).status == 0)
        _ = try ScenarioRun.run("nested", environment)
        let sessions = DecodedLog.sessions([UInt8](try Data(contentsOf: log)))
        let killed = try #require(sessions.first { $0.endReason == "killed" })
        #expect(killed.counts["done"] == [5])
        #expect(killed.open.map { killed.name(ofPath: $0.path) } == ["executing"])
    }

    @Test("a ring file of a living process, of another user's making or broken is left alone, and told")
    func strangeRingFiles() throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let environment = ["HOOFPRINT_SINK": "file:\(log.path)"]
        _ = try ScenarioRun.run("ready", environment, watch: .ready(SIGKILL))
        let ring = folder.url.appendingPathComponent(try #require(try Self.ringFiles(folder).first))
        var bytes = [UInt8](try Data(contentsOf: ring))
        // Cut short; a byte of another build; noise.
        try Data(bytes[..<5000]).write(to: ring)
        bytes[8] ^= 1
        try Data(bytes).write(to: folder.url.appendingPathComponent("server.log.ring.2"))
        try Data((0..<5000).map { _ in UInt8.random(in: 0...255) }).write(
            to: folder.url.appendingPathComponent("server.log.ring.3"))
        // As a process leaves it that is killed when it has made room, and not yet begun.
        let unbegun = folder.url.appendingPathComponent("server.log.ring.5")
        try Data(count: 1 << 20).write(to: unbegun)
        try FileManager.default.createSymbolicLink(
            atPath: folder.url.appendingPathComponent("server.log.ring.4").path, withDestinationPath: "/etc/passwd")
        let run = try ScenarioRun.run("nested", environment)
        #expect(run.status == 0)
        let told = run.error
        #expect(told.contains("server.log.ring.2': another version of Hoofprint wrote it"))
        #expect(told.contains("server.log.ring.3': it is no ring file"))
        #expect(!told.contains("server.log.ring.5'"))
        #expect(!FileManager.default.fileExists(atPath: unbegun.path))
        #expect(try Self.ringFiles(folder).count == 4)
    }

    @Test("a ring file whose memory is damaged is read without harm")
    func damagedRingFile() throws {
        var generator = SystemRandomNumberGenerator()
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let environment = ["HOOFPRINT": "every", "HOOFPRINT_SINK": "file:\(log.path)"]
        _ = try ScenarioRun.run("ready", environment, watch: .ready(SIGKILL))
        let ring = folder.url.appendingPathComponent(try #require(try Self.ringFiles(folder).first))
        let bytes = [UInt8](try Data(contentsOf: ring))
        let used = bytes.indices.filter { bytes[$0] != 0 && $0 >= 128 }
        for round in 0..<40 {
            var damaged = bytes
            for _ in 0..<50 { damaged[used.randomElement(using: &generator) ?? 0] = UInt8.random(in: 0...255) }
            try Data(damaged).write(to: ring)
            let run = try ScenarioRun.run("nested", environment)
            #expect(run.status == 0, "round \(round)")
            #expect(!run.wasEndedBySignal, "round \(round)")
        }
    }

    private static func ringFiles(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url.path).filter { $0.contains(".ring.") }
    }
}

extension DecodedLog {
    /// The paths of spans that ended: of every span in mode `every`.
    var endedPaths: [String] {
        spans.isEmpty ? counts.filter { $0.value != [0] }.keys.sorted() : spans.map { name(ofPath: $0.path) }
    }
}

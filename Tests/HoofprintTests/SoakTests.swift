import Foundation
import TestSupport
import Testing
import TraceLog

@Suite("Many spans and many calls")
struct SoakTests {
    private static func growthKiB(_ run: ProgramRun) throws -> Int {
        let readings = run.output.split(separator: "\n")
            .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
        try #require(readings.count == 3)
        return readings[2] - readings[0]
    }

    @Test("ten million spans with standard error closed: resident memory stays where it was after a tenth")
    func closedSink() throws {
        let closed = ["bash", "-c", "exec \"$@\" 2>&-", "bash"]
        let run = try ScenarioRun.run("soak", ["HOOFPRINT_FLUSH": "0.05"], wrapper: closed)
        #expect(run.status == 0)
        #expect(try Self.growthKiB(run) <= 1024)
    }

    @Test("three million spans, a record each, for a named pipe that nobody reads: resident memory stays where it was")
    func unreadPipe() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.url.appendingPathComponent("pipe")
        #expect(mkfifo(pipe.path, 0o600) == 0)
        let run = try ScenarioRun.run(
            "soak", ["HOOFPRINT": "every", "HOOFPRINT_SINK": "file:\(pipe.path)", "SOAK_SPANS": "3000000"])
        #expect(run.status == 0)
        #expect(try Self.growthKiB(run) <= 1024)
    }

    @Test(
        "a hundred thousand calls in random order, before, while and after recording: no crash, no hang",
        arguments: 1...5)
    func randomCalls(round: Int) throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        print("random calls, round \(round): SEED=\(seed)")
        let run = try ScenarioRun.run(
            "random-calls",
            [
                "SEED": "\(seed)", "HOOFPRINT": round.isMultiple(of: 2) ? "every" : "aggregate",
                "HOOFPRINT_FLUSH": "0.05",
            ],
            wrapper: ["timeout", "60"])
        #expect(run.status == 0, "SEED=\(seed)")
        #expect(run.output == "done\n", "SEED=\(seed)")
        #expect(run.log.damagedLines == 0)
        #expect(run.log.counts["span"] != nil || !run.log.spans.isEmpty)
    }

    @Test(
        "no call changes errno, neither the first of a thread nor the first of a forked child",
        arguments: ["aggregate", "every"])
    func errno(mode: String) throws {
        let folder = try TemporaryFolder()
        let run = try ScenarioRun.run(
            "errno",
            [
                "HOOFPRINT": mode, "HOOFPRINT_ATTRIBUTES": "all",
                "HOOFPRINT_SINK": "file:\(folder.url.appendingPathComponent("log").path)",
            ])
        #expect(run.status == 0)
        #expect(run.output == "")
    }
}

import Foundation
import TestSupport
import Testing
import TraceLog

@Suite("What others do to the recorder's files and descriptors")
struct ForeignHandTests {
    @Test(
        "a ring file that somebody cuts short ends the recording, and not the program",
        arguments: [("aggregate", 0), ("aggregate", 73 * 4096), ("every", 0), ("every", 170 * 4096)])
    func cutRing(mode: String, bytes: Int) throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        for round in 0..<3 {
            let run = try ScenarioRun.run(
                "cut-ring",
                [
                    "HOOFPRINT": mode, "HOOFPRINT_FLUSH": "0.05", "HOOFPRINT_SINK": "file:\(log.path)",
                    "RING": "\(log.path).ring", "CUT_BYTES": "\(bytes)",
                ])
            #expect(run.status == 0 && !run.wasEndedBySignal, "round \(round)")
            #expect(run.output == "ended\n")
            let told = run.error
            #expect(told.contains("was cut short by somebody; what was recorded since the last flush is lost"))
        }
        let sessions = DecodedLog.sessions([UInt8](try Data(contentsOf: log)))
        #expect(sessions.count == 3)
        for session in sessions {
            #expect(session.endReason == "ring file cut short")
            #expect(session.damagedLines == 0)
            let counts = session.records.compactMap { entry -> UInt64? in
                guard case .stats(let stats) = entry.record, session.name(ofPath: stats.path) == "request" else {
                    return nil
                }
                return stats.count
            }
            // What was read where the memory had gone is not in the log.
            #expect(counts == counts.sorted() && !counts.contains(0))
            if mode == "every" {
                #expect(!session.spans.isEmpty)
            } else {
                #expect(counts.last ?? 0 >= 20)
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["server.log"])
    }

    @Test("in a set-user-ID program the environment names no file and no setting, which is told")
    func foreignRights() throws {
        let folder = try TemporaryFolder()
        let program = folder.url.appendingPathComponent("program").path
        let log = folder.url.appendingPathComponent("server.log").path
        let plain = productsFolder.appendingPathComponent("hoofprint-scenarios").path
        try FileManager.default.copyItem(atPath: plain, toPath: program)
        // Another user's, of whom the one that starts it gets the rights: needs the right to give files away.
        let steps = "chown 65534 '\(program)' && chmod 4755 '\(program)' && exec '\(program)' nested"
        let wrapper = geteuid() == 0 ? [] : ["unshare", "-r", "--map-auto"]
        let command = wrapper + ["sh", "-c", steps]
        let run = try ProgramRun.run(
            command[0], Array(command.dropFirst()), ["HOOFPRINT": "every", "HOOFPRINT_SINK": "file:\(log)"])
        #expect(run.status == 0, "\(run.error)")
        #expect(run.error.contains("hoofprint: HOOFPRINT_* variables are not followed"))
        #expect(run.log.session?.mode == "aggregate")
        #expect(!FileManager.default.fileExists(atPath: log))
    }

    @Test("a program that closes all descriptors and uses their numbers: its file stays as it was, and open")
    func closedUnder() throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let victim = folder.url.appendingPathComponent("victim")
        let file = try ScenarioRun.run(
            "closed-under", ["HOOFPRINT_SINK": "file:\(log.path)", "VICTIM": victim.path])
        #expect(file.status == 0)
        #expect(try Data(contentsOf: victim).isEmpty)
        // The log was opened anew.
        let session = DecodedLog([UInt8](try Data(contentsOf: log)))
        #expect(session.counts["request"] == [4])
        #expect(session.counts["thread > leaf"] == [3 * 64 * 10])
        #expect(session.endReason == "shutdown")

        let error = try ScenarioRun.run("closed-under", ["VICTIM": victim.path])
        #expect(error.status == 0)
        #expect(try Data(contentsOf: victim).isEmpty)
        // There is nothing to open anew: what was written before is there.
        #expect(error.log.counts["request"] == [1])
    }

    @Test(
        "standard error closed at the start: nothing of ours lands in the file that has its number",
        arguments: [true, false])
    func closedAtStart(logsToFile: Bool) throws {
        let folder = try TemporaryFolder()
        let victim = folder.url.appendingPathComponent("victim")
        let log = folder.url.appendingPathComponent("server.log")
        var environment = ["VICTIM": victim.path]
        if logsToFile { environment["HOOFPRINT_SINK"] = "file:\(log.path)" }
        let run = try ScenarioRun.run("closed-at-start", environment)
        #expect(run.status == 0)
        #expect(try Data(contentsOf: victim).isEmpty)
        #expect(run.standardError.isEmpty)
        if logsToFile { #expect(DecodedLog([UInt8](try Data(contentsOf: log))).counts["request"] == [1]) }
    }

    @Test("something to say to a pipe that nobody reads: no SIGPIPE")
    func brokenErrorPipe() throws {
        // The reader has ended when the scenario begins.
        let broken = ["bash", "-c", "mkfifo \"$0\"; exec 3<>\"$0\" 2>\"$0\" 3<&-; exec \"$@\""]
        let folder = try TemporaryFolder()
        let pipe = folder.url.appendingPathComponent("pipe")
        let run = try ScenarioRun.run("twice", wrapper: broken + [pipe.path])
        #expect(run.status == 0 && !run.wasEndedBySignal)
    }

    @Test("a disk without room for the ring file: it is told, nothing is left, and recording goes on")
    func ringWithoutRoom() throws {
        let folder = try TemporaryFolder()
        let run = try SmallDisk(folder, kiB: 512).run("nested", log: "server.log")
        #expect(run.status == 0)
        let told = run.error
        #expect(told.contains("server.log.ring."))
        #expect(told.contains("it needs 1 MiB at least; a kill -9 loses what was not flushed."))
        #expect(
            DecodedLog([UInt8](try Data(contentsOf: folder.url.appendingPathComponent("server.log")))).counts["request"]
                == [1])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["server.log"])
    }

    @Test("a disk that is full for a while: short writes are real, whole and lost lines are all the lines there were")
    func fullForAWhile() throws {
        let folder = try TemporaryFolder()
        // Full is when nothing is left for a block; then room is made, and when the log has grown again it ends.
        let watcher = """
            head -c 409600 /dev/zero > filler
            "$@" & child=$!
            bytes() { stat -c %s server.log 2>/dev/null || echo 0; }
            # No block is left, and the last one of the log is full: a write was cut there.
            full() { [ $(stat -f -c %a .) -eq 0 ] && [ $(($(bytes) % 4096)) -eq 0 ]; }
            for again in $(seq 30); do
                while ! full && kill -0 $child; do :; done
            done
            before=$(bytes); rm filler
            while [ $(bytes) -lt $((before + 16384)) ] && kill -0 $child; do :; done
            kill -TERM $child; wait $child; status=$?
            echo $before > full-at
            [ $status -eq 143 ]
            """
        let run = try SmallDisk(folder, kiB: 512).run(
            "busy", ["HOOFPRINT_FLUSH": "0.05", "HOOFPRINT_RING": "off"], log: "server.log", watcher: watcher)
        #expect(run.status == 0)
        let bytes = [UInt8](try Data(contentsOf: folder.url.appendingPathComponent("server.log")))
        let log = DecodedLog(bytes)
        let last = try #require(log.records.last)
        #expect(log.endReason == "SIGTERM")
        #expect(Set(log.records.map(\.header.sequence)).count == log.records.count)
        #expect(UInt64(log.records.count) + log.drops.lines == last.header.sequence + 1)
        #expect(log.drops.lines > 0)
        // What a short write cut has been closed by a line feed, so that it harms no other line.
        #expect(log.damagedLines <= 1 + Int(log.drops.lines))
    }
}

/// A file system of few KiB in memory, in which a scenario runs; what it left is copied to a folder.
private struct SmallDisk {
    let folder: TemporaryFolder
    let kiB: Int

    init(_ folder: TemporaryFolder, kiB: Int) {
        self.folder = folder
        self.kiB = kiB
    }

    /// Runs the scenario with its log there; `watcher` is what bash does with `"$@"`, in the disk's folder.
    func run(
        _ scenario: String, _ environment: [String: String] = [:], log: String, watcher: String = "\"$@\""
    ) throws -> ProgramRun {
        let mountPoint = try TemporaryFolder()
        let script = """
            mount -t tmpfs -o size=\(kiB)k none \(mountPoint.url.path) && cd \(mountPoint.url.path) || exit 99
            (\(watcher)); status=$?
            cp -r . \(folder.url.path)/
            rm -f \(folder.url.path)/filler \(folder.url.path)/full-at
            exit $status
            """
        // A mount of its own namespace: it goes with the process. Without root, in a user namespace, where that is allowed.
        let unshare = geteuid() == 0 ? ["unshare", "-m"] : ["unshare", "-rm"]
        var environment = environment
        environment["HOOFPRINT_SINK"] = "file:\(mountPoint.url.path)/\(log)"
        return try ScenarioRun.run(scenario, environment, wrapper: unshare + ["bash", "-c", script, "bash"])
    }
}

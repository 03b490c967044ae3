import Foundation
import TestSupport
import Testing
import TraceLog

@Suite("A log that fails")
struct FaultTests {
    /// Whole lines that came, and lines that the log says were lost, are all the lines there were.
    private static func expectExactLoss(_ bytes: [UInt8], lost isLost: Bool) throws {
        let log = DecodedLog(bytes)
        let last = try #require(log.records.last)
        #expect(Set(log.records.map(\.header.sequence)).count == log.records.count)
        #expect(UInt64(log.records.count) + log.drops.lines == last.header.sequence + 1)
        #expect((log.drops.lines > 0) == isLost)
        #expect(log.endReason == "shutdown")
    }

    @Test(
        "every second, third, fifth or seventh write fails: the drop counter is exact",
        arguments: ["ENOSPC", "EIO", "EPIPE", "EFBIG", "EAGAIN", "EINTR"], [2, 3, 5, 7])
    func failingWrites(error: String, every: Int) throws {
        let isLost = error != "EAGAIN" && error != "EINTR"
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let strace = [
            "strace", "-f", "-qq", "-o", folder.url.appendingPathComponent("strace").path, "-P", log.path, "-e",
            "trace=write", "-e", "inject=write:error=\(error):when=2..90+\(every)",
        ]
        let run = try ScenarioRun.run("many-flushes", ["HOOFPRINT_SINK": "file:\(log.path)"], wrapper: strace)
        #expect(run.status == 0)
        try Self.expectExactLoss([UInt8](try Data(contentsOf: log)), lost: isLost)
    }

    @Test("names and counters that a failing write lost are written again, and the counts are exact", arguments: 1...3)
    func lostNames(failing: Int) throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        // The flush thread's second to sixth batch: the first has the session, the next ones names and counters.
        let strace = [
            "strace", "-f", "-qq", "-o", "/dev/null", "-P", log.path, "-e", "trace=write", "-e",
            "inject=write:error=ENOSPC:when=2..\(2 * failing)",
        ]
        let run = try ScenarioRun.run("many-flushes", ["HOOFPRINT_SINK": "file:\(log.path)"], wrapper: strace)
        #expect(run.status == 0)
        let bytes = [UInt8](try Data(contentsOf: log))
        try Self.expectExactLoss(bytes, lost: true)
        let whole = try ScenarioRun.run("many-flushes").log
        #expect(!whole.counts.isEmpty && DecodedLog(bytes).counts == whole.counts)
    }

    @Test("a log that takes nothing is told of once, on standard error")
    func fullFromTheStart() throws {
        let run = try ScenarioRun.run("many-flushes", ["HOOFPRINT_SINK": "file:/dev/full"])
        #expect(run.status == 0)
        #expect(
            String(decoding: run.standardError, as: UTF8.self) == """
                hoofprint: cannot write to the log '/dev/full': No space left on device; records are lost, and counted in the log \
                when it can be written to again\n
                """)
    }

    @Test("each of several sinks is told its own losses, exactly")
    func ownLosses() throws {
        let folder = try TemporaryFolder()
        let logs = ["before", "failing", "after"].map { folder.url.appendingPathComponent($0) }
        let strace = [
            "strace", "-f", "-qq", "-o", "/dev/null", "-P", logs[1].path, "-e", "trace=write", "-e",
            "inject=write:error=ENOSPC:when=2..90+3",
        ]
        let run = try ScenarioRun.run(
            "many-flushes", ["HOOFPRINT_SINK": logs.map { "file:\($0.path)" }.joined(separator: ",")],
            wrapper: strace)
        #expect(run.status == 0)
        try Self.expectExactLoss([UInt8](try Data(contentsOf: logs[0])), lost: false)
        try Self.expectExactLoss([UInt8](try Data(contentsOf: logs[1])), lost: true)
        try Self.expectExactLoss([UInt8](try Data(contentsOf: logs[2])), lost: false)
    }

    @Test("a file at its size limit: no SIGXFSZ, whole lines up to the limit, and the program goes on")
    func sizeLimit() throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        // bash counts in KiB. The ring file does not fit either, so the memory is the process's own.
        let limited = ["bash", "-c", "ulimit -f 20; exec \"$@\"", "bash"]
        let run = try ScenarioRun.run("many-flushes", ["HOOFPRINT_SINK": "file:\(log.path)"], wrapper: limited)
        #expect(run.status == 0)
        let bytes = [UInt8](try Data(contentsOf: log))
        #expect(bytes.count == 20 * 1024)
        let sequences = DecodedLog(bytes).records.map(\.header.sequence)
        #expect(sequences == Array(0..<UInt64(sequences.count)))
        let lines = bytes.split(separator: UInt8(ascii: "\n")).count
        #expect(lines - sequences.count <= 1)
    }

    @Test(
        "a pipe that nobody reads: the program goes on, and what was lost is counted when it is read again",
        arguments: ["aggregate", "every"])
    func stalledPipe(mode: String) throws {
        let run = try ScenarioRun.run("stalled", ["HOOFPRINT": mode, "HOOFPRINT_FLUSH": "0.05"])
        #expect(run.status == 0)
        let log = DecodedLog(run.standardOutput)
        let last = try #require(log.records.last)
        #expect(log.damagedLines == 0 && log.foreignLines.isEmpty)
        #expect(UInt64(log.records.count) + log.drops.lines == last.header.sequence + 1)
        if mode == "every" {
            // Ten spans a request; 2,000 requests, three times, and one.
            #expect(UInt64(log.spans.count) + log.drops.spans < 60_010)
            #expect(log.drops.lines > 0)
        } else {
            #expect(log.counts["request"] == [6001])
        }
    }

    @Test("a log removed, renamed or truncated while it is written is followed, and each part can be read alone")
    func movedLog() throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let mover = """
            "$@" & child=$!
            for round in 1 2 3 4 5 6; do
                while ! grep -q "~hp1 stats" \(log.path) 2>/dev/null; do sleep 0.01; done
                case $round in
                1|4) rm \(log.path) ;;
                2|5) mv \(log.path) \(log.path).$round ;;
                *) : > \(log.path) ;;
                esac
            done
            kill -TERM $child; wait $child; exit 0
            """
        let run = try ScenarioRun.run(
            "busy", ["HOOFPRINT_FLUSH": "0.05", "HOOFPRINT_SINK": "file:\(log.path)"],
            wrapper: ["bash", "-c", mover, "bash"])
        #expect(run.status == 0)
        // Ended by a signal, which waits for a last flush into a log of its own.
        for name in ["server.log", "server.log.2", "server.log.5"] {
            let part = DecodedLog([UInt8](try Data(contentsOf: folder.url.appendingPathComponent(name))))
            #expect(part.session != nil)
            #expect(part.counts["request"] != nil)
            #expect(part.damagedLines == 0)
        }
    }

    @Test("a clock that is stepped back and forth by hours changes no duration")
    func steppedClock() throws {
        let folder = try TemporaryFolder()
        let step = folder.url.appendingPathComponent("step")
        let stepper = """
            echo "+0" > \(step.path)
            # Through env: the first process that libfaketime is in loses its arguments to Swift, which looks for them
            # beside the environment, and that has been moved.
            LD_PRELOAD=$(ls /usr/lib/*/faketime/libfaketime.so.1) env "$@" & child=$!
            while kill -0 $child 2>/dev/null; do
                for hours in +5h -3h; do
                    # In one step: a file without a time ends the program.
                    echo "$hours" > \(step.path).new; mv \(step.path).new \(step.path); sleep 0.06
                done
            done
            wait $child
            """
        let run = try ScenarioRun.run(
            "cpu",
            [
                "HOOFPRINT_FLUSH": "0.05", "FAKETIME_TIMESTAMP_FILE": step.path, "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            ], wrapper: ["bash", "-c", stepper, "bash"])
        #expect(run.status == 0)
        let clocks = run.log.records.compactMap { entry -> ClockRecord? in
            if case .clock(let clock) = entry.record { clock } else { nil }
        }
        let walls = clocks.map(\.wallNanoseconds)
        let hour: UInt64 = 3_600_000_000_000
        #expect((walls.max() ?? 0) - (walls.min() ?? 0) > 7 * hour)
        #expect(clocks.map(\.monotonicNanoseconds) == clocks.map(\.monotonicNanoseconds).sorted())
        let both = try #require(run.log.statsByName["both"]?.first)
        let recorded = try #require(clocks.last?.monotonicNanoseconds)
        #expect(both.count == 5)
        #expect(both.totalNanoseconds >= 200_000_000 && both.totalNanoseconds <= recorded)
        #expect(run.log.drops.clockSteps == 0)
    }
}

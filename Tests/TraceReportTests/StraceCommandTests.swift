import Foundation
import TestSupport
import Testing

/// A program that waits in known system calls, run under strace, and both its log and strace's output read by trace-report.
@Suite("trace-report --strace", .serialized)
struct StraceCommandTests {
    private static let program = productsFolder.appendingPathComponent("trace-report").path

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

    /// Runs the scenario under strace; returns how long each planted wait took by the program's own clock, nanoseconds.
    private func record(_ arguments: [String], mode: String = "every") throws -> [String: UInt64] {
        let scenario = productsFolder.appendingPathComponent("strace-scenario").path
        let run = try ProgramRun.run(
            "strace", arguments + [scenario, folder.url.path],
            ["HOOFPRINT": mode, "HOOFPRINT_SINK": "file:" + path("server.log"), "HOOFPRINT_RING": "off"])
        #expect(run.status == 0)
        try Data(run.standardError).write(to: URL(fileURLWithPath: path("stderr")))
        var planted: [String: UInt64] = [:]
        for line in run.output.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let number = UInt64(words[1]) { planted[String(words[0]), default: 0] += number }
        }
        return planted
    }

    /// A call of a function as the JSON report has it.
    private struct Call {
        var target: String
        var count: Int
        var own: UInt64
        var errors: [String]
    }

    private struct Found {
        var calls: [String: Call] = [:]
        var source: [String: Any] = [:]
    }

    private func found(_ files: [String]) throws -> Found {
        let run = try ProgramRun.run(
            Self.program, [path("server.log"), "--format", "json"] + files.flatMap { ["--strace", path($0)] })
        #expect(run.status == 0)
        #expect(run.error.isEmpty)
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(run.standardOutput)) as? [String: Any])
        let evidence = try #require(report["evidence"] as? [String: Any])
        var found = Found()
        found.source = try #require((evidence["sources"] as? [[String: Any]])?.first)
        for function in try #require(evidence["functions"] as? [[String: Any]]) {
            let name = try #require(function["name"] as? String)
            for activity in try #require(function["activities"] as? [[String: Any]]) {
                let call = try #require(activity["call"] as? String)
                let kind = try #require(activity["kind"] as? String)
                guard (activity["own_count"] as? Int ?? 0) > 0 else { continue }
                let errors = (activity["errors"] as? [[String: Any]] ?? []).compactMap { $0["type"] as? String }
                found.calls["\(name) \(call) \(kind)"] = Call(
                    target: activity["target"] as? String ?? "", count: activity["own_count"] as? Int ?? 0,
                    own: (activity["own_ns"] as? NSNumber)?.uint64Value ?? 0, errors: errors)
            }
        }
        return found
    }

    private func check(_ found: Found, _ planted: [String: UInt64]) throws {
        for (function, name, kind, target, count) in [
            ("db.insert", "fdatasync", "disk", path("red.db"), 4), ("nap", "clock_nanosleep", "sleep", "", 1),
            ("fetch", "recvfrom", "network", "", 1), ("update", "futex", "lock", "", 1),
        ] {
            let call = try #require(found.calls["\(function) \(name) \(kind)"], "\(function) \(name)")
            #expect(call.count == count)
            if !target.isEmpty { #expect(call.target == target) }
            let truth = try #require(planted[name])
            // strace stops a thread before and after a call, for a millisecond where processors are busy: no part of the call.
            let stopped = Double(count) * 2_000_000
            #expect(Double(call.own) >= 0.95 * Double(truth) - stopped, "\(name): \(call.own) of \(truth)")
            #expect(Double(call.own) <= Double(truth) + 1_000, "\(name): \(call.own) of \(truth)")
        }
        let access = try #require(found.calls["look up access file"])
        #expect(access.count == 20)
        #expect(access.errors == ["ENOENT"])
        #expect(access.target == path("missing"))
        let sleep = try #require(found.calls["task.sync clock_nanosleep sleep"])
        #expect(Double(sleep.own) >= 0.95 * Double(planted["task"] ?? .max) - 2_000_000)
        // Those the async span makes on a thread of the pool are nobody's: it is not known to be there.
        #expect(found.calls["task clock_nanosleep sleep"] == nil)
    }

    @Test("finds the calls that were planted, with their files, in the functions that made them")
    func planted() throws {
        let planted = try record(["-f", "-ttt", "-T", "-y", "-o", path("server.strace")])
        let found = try found(["server.strace"])
        try check(found, planted)
        #expect(found.source["unreadable"] as? Int == 0)
        let run = try ProgramRun.run(Self.program, [path("server.log"), "--strace", path("server.strace")])
        #expect(run.output.contains("futex (for a lock)."))
        let explained = try ProgramRun.run(
            Self.program, [path("server.log"), "--strace", path("server.strace"), "--explain", "db.insert"])
        let words = explained.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("of that in fdatasync of "))
        #expect(words.contains("(until it is on disk)."))
    }

    @Test("with addresses by -yy, and the peer's port")
    func addresses() throws {
        let planted = try record(["-f", "-ttt", "-T", "-yy", "-o", path("server.strace")])
        let found = try found(["server.strace"])
        try check(found, planted)
        let port = try #require(planted["port"])
        let target = try #require(found.calls["fetch recvfrom network"]).target
        #expect(
            target == "TCP 127.0.0.1:\(port)" || target == "TCP :\(port) from 127.0.0.1" || target.contains("127.0.0.1")
        )
    }

    @Test("on standard error, with threads in brackets")
    func standardError() throws {
        let planted = try record(["-f", "-ttt", "-T", "-y"])
        try check(try found(["stderr"]), planted)
    }

    @Test("in a file a thread, given by a pattern")
    func files() throws {
        let planted = try record(["-ff", "-ttt", "-T", "-y", "-o", path("x")])
        try check(try found(["x.*"]), planted)
    }

    @Test("of single requests, where the log has no other spans")
    func aggregated() throws {
        let planted = try record(["-f", "-ttt", "-T", "-y", "-o", path("server.strace")], mode: "aggregate")
        try check(try found(["server.strace"]), planted)
    }

    @Test(
        "options that do not go together: status 2",
        arguments: [
            ["--syscalls"], ["--strace", "x", "--compare", "y"], ["--strace", "x", "--format", "csv"],
            ["--strace", "x", "--format", "otlp"], ["--strace", "x", "--format", "pprof"],
        ])
    func usage(arguments: [String]) throws {
        let run = try ProgramRun.run(Self.program, ["server.log"] + arguments)
        #expect(run.status == 2)
        #expect(run.error.contains("--strace"))
    }

    @Test("a file that strace did not write, or wrote otherwise: status 66, and how to run it")
    func refused() throws {
        _ = try record(["-f", "-tt", "-T", "-o", path("server.strace")])
        let run = try ProgramRun.run(Self.program, [path("server.log"), "--strace", path("server.strace")])
        #expect(run.status == 66)
        #expect(run.output.isEmpty)
        #expect(run.error.contains("run strace with -f -ttt -T -y"))
        let missing = try ProgramRun.run(Self.program, [path("server.log"), "--strace", path("nowhere")])
        #expect(missing.status == 66)
    }
}

import Foundation
import SeededRandom
import TestSupport
import Testing

@testable import TraceReport

/// trace-report --partial, as programs that run at once on files of a fleet.
@Suite("The option --partial", .serialized)
struct PartialCommandTests {
    private static let program = productsFolder.appendingPathComponent("trace-report").path

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

    private func run(_ arguments: [String], input: [UInt8] = []) throws -> ProgramRun {
        try .run(Self.program, arguments, input: input)
    }

    /// Writes the logs of a fleet, and returns their paths.
    private func logs(seed: UInt64) throws -> [String] {
        try FleetLogs(seed: seed).logs.map { log in
            let path = path(log.name.replacingOccurrences(of: "/", with: "_"))
            try Data(log.bytes).write(to: URL(fileURLWithPath: path))
            return path
        }
    }

    private func write(_ bytes: [UInt8], _ name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    @Test("a process for each of some logs, and joining what they write, gives the report of one run", arguments: 1...3)
    func forkAndJoin(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let logs = try logs(seed: seed)
        let whole = try run(logs + ["--format", "json"])
        #expect(whole.status == 0)
        var lines = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for log in logs { group.addTask { try run([log, "--partial"]).standardOutput } }
            return try await group.reduce(into: [[UInt8]]()) { $0.append($1) }
        }
        lines.shuffle(using: &random)
        while lines.count > 1 {
            let count = min(lines.count, 2 + Int(random.next() % 3))
            let joined = try run(["-", "--partial"], input: Array(lines.prefix(count).joined()))
            #expect(joined.status == 0 && joined.error.isEmpty)
            lines.removeFirst(count)
            lines.append(joined.standardOutput)
        }
        let joined = try run(["-", "--format", "json"], input: lines[0])
        #expect(joined.standardOutput == whole.standardOutput, "seed \(seed)")
        let file = try write(lines[0], "fleet.partial")
        #expect(try run([file]).output == run(logs).output)
        #expect(
            try run([file, "--requests", "--root", "f1"]).output == run(logs + ["--requests", "--root", "f1"]).output)
        let compared = try run([logs[0], "--compare", file])
        #expect(compared.output == (try run([logs[0]] + logs.flatMap { ["--compare", $0] })).output)
    }

    @Test("what is no partial of this version: status 66, the file, the line and the mend")
    func unusable() throws {
        let line = try run([try logs(seed: 1)[0], "--partial"]).standardOutput
        var altered = line
        altered[altered.count / 2] =
            altered[altered.count / 2] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        let later = "hoofprint-partial 4 00000000 AAAA\n"
        for (bytes, message) in [
            (altered, "line 1: the checksum is wrong"), (line.dropLast(100), "line 1: the checksum is wrong"),
            (line + Array("another line\n".utf8), "line 2: the line is no partial"),
            (Array("hoofprint-partial 3\n".utf8), "line 1: the line is cut"),
            (Array(later.utf8), "line 1: it is of format 4, and this version reads format 3: write it again"),
        ] {
            let file = try write(Array(bytes), "x.partial")
            for arguments in [[file], [file, "--partial"]] {
                let run = try run(arguments)
                #expect(run.status == 66 && run.output.isEmpty)
                #expect(run.error.contains("cannot read log '\(file)': \(message)"), "\(run.error)")
            }
            #expect(try run(["-"], input: Array(bytes)).error.contains("cannot read log '-': \(message)"))
        }
    }

    @Test("what chooses a part of the logs goes with the report, not with the partial")
    func choices() throws {
        let log = try logs(seed: 1)[0]
        for options in [
            ["--since", "-15m"], ["--until", "14:00"], ["--root", "x"], ["--function", "x"], ["--process", "1"],
            ["--sort", "p99"], ["--top", "3"], ["--symbols", "/bin/sh"], ["--format", "json"], ["--tree"],
            ["--compare", log], ["--fail-if", "p99(x) > 1s"], ["--no-spans"], ["--of", "spans"], ["--on-cpu"],
        ] {
            let run = try run([log, "--partial"] + options)
            #expect(run.status == 2 && run.output.isEmpty, "\(options)")
            #expect(run.error.contains("where the report of the partial is made"), "\(run.error)")
        }
        let partial = path("x.partial")
        #expect(try run([log, "--partial", "-o", partial]).status == 0)
        let stretch = try run([partial, "--since", "-15m"])
        #expect(stretch.status == 66)
        #expect(stretch.error.contains("a stretch of time is not in a partial; give the logs it was written of"))
    }

    @Test("partials may be packed, and logs without records are no error until a report is asked for")
    func packed() throws {
        let log = try logs(seed: 2)[0]
        let plain = try run([log, "--partial", "-o", path("x.partial")])
        #expect(plain.status == 0)
        #expect(try ProgramRun.run("gzip", ["-k", path("x.partial")]).status == 0)
        #expect(try run([path("x.partial.gz")]).output == run([log]).output)
        let other = try write(Array("hello\n".utf8), "other.log")
        let empty = try run([other, "--partial"])
        #expect(empty.status == 0)
        let report = try run(["-"], input: empty.standardOutput)
        #expect(report.status == 1)
        #expect(report.error.contains("no record found in 1 line of '\(other)'") && report.error.contains("hello"))
    }
}

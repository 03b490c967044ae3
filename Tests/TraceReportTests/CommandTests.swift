import Foundation
import TestSupport
import Testing

/// trace-report as a program.
@Suite("The command trace-report", .serialized)
struct CommandTests {
    private let command: ReportCommand

    init() throws { command = try ReportCommand(log: WrittenLog.pictureService().bytes) }

    @Test("a file and standard input give the same ranking, and status 0")
    func ranking() throws {
        let fromFile = try command.report([])
        #expect(fromFile.status == 0)
        #expect(fromFile.error.isEmpty)
        #expect(fromFile.output.contains("image.decode"))
        let fromInput = try command.run(["-"], input: [UInt8](Data(contentsOf: command.log)))
        #expect(fromInput.status == 0)
        // The head names the input.
        let parts = [fromFile, fromInput].map { $0.output.split(separator: "FIX FIRST").last }
        #expect(parts[0] == parts[1])
    }

    @Test("no colour where it is no terminal, and COLUMNS is the width")
    func plain() throws {
        let run = try command.report([], environment: ["COLUMNS": "80"])
        #expect(!run.output.contains("\u{1b}"))
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test("a log without records: status 1, what was looked for, and how the log begins")
    func noRecord() throws {
        let other = command.folder.url.appendingPathComponent("other.log")
        try Data("hello \u{1b}[31mworld\n".utf8).write(to: other)
        let run = try command.run([other.path])
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.error.contains("no record found in 1 line of"))
        #expect(run.error.contains("'~hp1 '"))
        #expect(run.error.contains("hello "))
        #expect(!run.error.contains("\u{1b}"))
    }

    @Test(
        "wrong usage: status 2",
        arguments: [[], ["--sort", "size"], ["--top", "0", "x"], ["--nonsense"], ["-", "-"]])
    func usage(arguments: [String]) throws {
        let run = try command.run(arguments)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.error.lowercased().contains("usage: trace-report <log> ..."))
    }

    @Test(
        "what cannot be read: status 66, the file and the reason",
        arguments: ["/nonexistent/server.log", "/proc/1/task"])
    func unreadable(path: String) throws {
        let run = try command.run([path])
        #expect(run.status == 66)
        #expect(run.error.hasPrefix("trace-report: cannot "))
        #expect(run.error.contains("'\(path)'"))
    }

    @Test(
        "a stretch of time, given in any way, is what is reported on",
        arguments: [
            ["--since", "2026-11-24T00:00:10Z"], ["--since", "00:00:10"], ["--since", "-20s"],
            ["--since", "2026-11-24 00:00:10", "--until", "2026-11-24T01:00:30+01:00"],
        ])
    func stretches(arguments: [String]) throws {
        let run = try command.report(["--format", "csv"] + arguments)
        #expect(run.error.isEmpty)
        let row = try #require(run.output.split(separator: "\r\n").first { $0.contains(",image.store,") })
        // Two of the three flushes, of 100 calls each.
        #expect(row.split(separator: ",")[5] == "200")
        let text = try command.report(arguments)
        #expect(text.output.contains("Only what was flushed after 2026-11-24 00:00:10"))
    }

    @Test(
        "a stretch of time that is none, or that the log has nothing of, is refused",
        arguments: [
            (["--since", "soon"], 2, "'soon'"), (["--since", "00:00:20", "--until", "00:00:10"], 2, "not before"),
            (["--since", "2026-12-01"], 1, "2026-11-24T00:00:30"), (["--until", "2020-01-01"], 1, "go from"),
        ])
    func noStretch(arguments: [String], status: Int32, message: String) throws {
        let run = try command.report(arguments)
        #expect(run.status == status)
        #expect(run.error.contains(message))
        #expect(run.output.isEmpty)
    }

    @Test("a reader that goes away is no failure")
    func closedPipe() throws {
        let script = "exec 3>&1; { '\(ReportCommand.program)' '\(command.log.path)'; echo $? >&3; } | true"
        let run = try ProgramRun.run("bash", ["-c", script])
        #expect(run.output == "0\n" && run.error == "")
    }

    @Test("a report that cannot be made leaves the former file as it was")
    func keptFile() throws {
        let file = command.folder.url.appendingPathComponent("report")
        try Data("old".utf8).write(to: file)
        #expect(try command.run(["/dev/null", "-o", file.path]).status == 1)
        #expect(try command.run(["/nonexistent", "-o", file.path]).status == 66)
        #expect(try Data(contentsOf: file) == Data("old".utf8))
    }

    @Test("-o writes the report to a file, in one piece")
    func output() throws {
        let file = command.folder.url.appendingPathComponent("report.json")
        let run = try command.report(["--format", "json", "-o", file.path])
        #expect(run.status == 0)
        #expect(run.output.isEmpty)
        _ = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        let failed = try command.report(["-o", "/nonexistent/report.txt"])
        #expect(failed.status == 74)
        #expect(failed.error.contains("/nonexistent/report.txt"))
    }

    @Test("the formats of samples hold the samples, selected as asked")
    func samples() throws {
        try command.write(WrittenLog.sampledPictureService().bytes)
        func sum(_ options: [String]) throws -> UInt64 {
            let run = try command.report(["--format", "collapsed"] + options)
            #expect(run.status == 0)
            return SampleFormats.stacks(ofCollapsed: run.output).values.reduce(0, +)
        }
        #expect(try sum([]) == 1494)
        #expect(try sum(["--on-cpu"]) == 1024)
        #expect(try sum(["--off-cpu", "--function", "image.store", "--no-spans"]) == 170)
        let file = command.folder.url.appendingPathComponent("profile.pb")
        #expect(try command.report(["--format", "pprof", "-o", file.path]).status == 0)
        let profile = try PprofProfile(Array(Data(contentsOf: file)))
        #expect(profile.stacks.values.reduce(0) { $0 + $1[0] } == 1024)
        for (format, beginning) in [("flamegraph", "<!DOCTYPE html>"), ("speedscope", "{\"$schema\":")] {
            let run = try command.report(["--format", format])
            #expect(run.status == 0)
            #expect(run.output.hasPrefix(beginning))
        }
    }

    @Test("no sample to show: status 1, and what would give one")
    func noSample() throws {
        let none = try command.report(["--format", "flamegraph", "--of", "samples"])
        #expect((none.status, none.output) == (1, ""))
        #expect(none.error.contains("HOOFPRINT_SAMPLE=99"))
        try command.write(WrittenLog.sampledPictureService().bytes)
        let unknown = try command.report(["--format", "pprof", "--function", "no\u{1b}body"])
        #expect((unknown.status, unknown.output) == (1, ""))
        #expect(unknown.error.contains("'no\\u{1b}body' must be the whole name of a span or a function, or fit it"))
        #expect(try command.report(["--on-cpu", "--off-cpu"]).status == 2)
    }

    @Test("a view shows its part, in each format that can hold it")
    func views() throws {
        let tree = try command.report(["--tree"])
        #expect(tree.status == 0 && tree.output.contains("    image.red.count"))
        let csv = try command.report(["--callers", "image.store", "--format", "csv"])
        #expect(csv.status == 0 && csv.output.hasPrefix("name,function,file,line,caller_name,"))
        #expect(try command.report(["--callees", "decode", "--format", "markdown"]).status == 1)
        #expect(try command.report(["--callees", "image.dec*", "--format", "markdown"]).output.contains("| ---: |"))
        let json = try command.report(["--open", "--format", "json"])
        let parsed = try JSONSerialization.jsonObject(with: Data(json.standardOutput)) as? [String: Any]
        #expect(parsed?["view"] as? String == "open")
        for option in [["--requests"], ["--timeline"], ["--explain", "image.decode"]] {
            #expect(try command.report(option).status == 0)
        }
        let ranking = try command.report(["--format", "csv", "--top", "2"])
        #expect(ranking.output.split(separator: "\r\n").count == 3)
    }

    @Test("a function that is not there: status 1, and the nearest names", arguments: ["--explain", "--callers"])
    func unknownFunction(option: String) throws {
        let run = try command.report([option, "image.decodd\u{1b}"])
        #expect((run.status, run.output) == (1, ""))
        #expect(run.error.hasPrefix("trace-report: no function 'image.decodd\\u{1b}' is recorded."))
        #expect(run.error.contains("'image.decode'"))
    }

    @Test(
        "views that are asked for together, or in a format that cannot hold them: status 2",
        arguments: [
            ["--tree", "--open"], ["--explain", "f", "--callers", "f"], ["--explain", "f", "--format", "csv"],
            ["--tree", "--format", "pprof"],
        ])
    func wrongViews(arguments: [String]) throws {
        let run = try command.report(arguments)
        #expect((run.status, run.output) == (2, ""))
        #expect(run.error.contains(/--(explain|tree) has no|one view at a time/))
    }

    @Test("a selection is said; one of nothing is status 1, with what is near")
    func selection() throws {
        let some = try command.report(["--function", "image.*", "--process", "red", "--root", "POST *"])
        #expect(some.status == 0)
        #expect(some.output.contains("Only process red (1 of 1 session), requests of POST * (1 of 1 root),"))
        #expect(!some.output.contains("cache.lookup"))
        for (option, value) in [("--root", "POST /image"), ("--process", "redd"), ("--function", "image.stor")] {
            let none = try command.report([option, value])
            #expect((none.status, none.output) == (1, ""))
            #expect(none.error.contains("\(option) '\(value)'"))
            #expect(none.error.contains("The nearest name"))
        }
    }

    @Test("every option that the first screen names is there, and works as it stands")
    func nextOptions() throws {
        let screen = try command.report([])
        let line = try #require(screen.output.split(separator: "\n").last)
        #expect(line.hasPrefix("next: add   "))
        let script = "'\(ReportCommand.program)' '\(command.log.path)' "
        for option in line.dropFirst("next: add   ".count).split(separator: "   ") {
            #expect(try ProgramRun.run("bash", ["-c", script + option]).status == 0)
        }
    }

    @Test("a full device is told")
    func fullDevice() throws {
        let run = try ProgramRun.run("bash", ["-c", "'\(ReportCommand.program)' '\(command.log.path)' > /dev/full"])
        #expect(run.status == 74)
        #expect(run.error.contains("No space left on device"))
    }

    @Test("--help and --version end with 0", arguments: ["--help", "--version"])
    func help(option: String) throws {
        let run = try command.run([option])
        #expect(run.status == 0)
        #expect(run.output.contains("trace-report"))
    }
}

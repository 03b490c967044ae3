import Foundation
import TestSupport
import Testing

/// json-diff as a program.
@Suite("The command json-diff", .serialized)
struct CommandTests {
    private static let program = productsFolder.appendingPathComponent("json-diff").path

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try write("old.json", Samples.oldPackage)
        try write("new.json", Samples.newPackage)
    }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
    }

    private func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.url.appendingPathComponent(name)))
    }

    private func run(_ arguments: [String], environment: [String: String] = [:], input: String = "") throws
        -> ProgramRun
    {
        try .run(Self.program, arguments, environment, in: folder.url, input: Array(input.utf8))
    }

    @Test("equal: status 0 and no word; different: 1; the same from standard input")
    func statuses() throws {
        let equal = try run(["old.json", "old.json"])
        #expect(equal.status == 0)
        #expect(equal.output.isEmpty)
        #expect(equal.error.isEmpty)
        let different = try run(["old.json", "new.json"])
        #expect(different.status == 1)
        #expect(different.output.contains("~ version: \"1.4.0\" → \"1.5.0\""))
        #expect(!different.output.contains("\u{1b}"))
        let input = try run(["old.json", "-"], input: Samples.newPackage)
        #expect(input.status == 1)
        #expect(input.output == different.output)
    }

    @Test("--quiet writes nothing", arguments: [("old.json", 0), ("new.json", 1), ("none.json", 2)])
    func quiet(other: String, status: Int32) throws {
        let run = try run(["old.json", other, "--quiet"])
        #expect(run.status == status)
        #expect(run.output.isEmpty)
    }

    @Test(
        "wrong usage: status 2, and nothing on standard output",
        arguments: [
            [], ["old.json"], ["-", "-"], ["old.json", "new.json", "--nonsense"],
            ["old.json", "new.json", "--format", "x"],
            ["old.json", "new.json", "--threads", "3"], ["old.json", "new.json", "--max-diffs", "0"],
            ["old.json", "new.json", "--tolerance", "-1"], ["old.json", "new.json", "--ignore", "a"],
            ["old.json", "new.json", "--jsonc", "--ndjson"], ["old.json", "new.json", "--max-depth", "0"],
            ["old.json", "new.json", "--stat", "--format", "jd"], ["old.json", "new.json", "--test"],
            ["old.json", "new.json", "--format", "merge", "--ndjson"], ["old.json", "new.json", "--width", "9"],
            ["old.json", "new.json", "--context", "99"], ["old.json", "new.json", "--key", ""],
            ["apply"], ["apply", "old.json"], ["apply", "-", "-"],
            ["apply", "--merge", "--revert", "old.json", "old.json"],
        ])
    func usage(arguments: [String]) throws {
        let run = try run(arguments)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.error.lowercased().contains("usage: json-diff"))
    }

    @Test("help and version: status 0")
    func help() throws {
        for arguments in [["--help"], ["apply", "--help"]] {
            let run = try run(arguments)
            #expect(run.status == 0)
            #expect(run.output.contains("Exit status: 0"))
            #expect(run.output.contains("Examples:"))
        }
        #expect(try run(["--version"]).output == "json-diff 0.1.0\n")
    }

    @Test("what cannot be read or is no JSON: status 2, with file, line, column and byte")
    func unreadable() throws {
        try write("bad.json", "{\"a\": 1,\n \"b\": tru }\n")
        let bad = try run(["old.json", "bad.json"])
        #expect(bad.status == 2)
        #expect(bad.error.hasPrefix("json-diff: 'bad.json': line 2, column 7 (byte 15): "))
        #expect(try run(["bad.json", "old.json"]).error == bad.error)
        let none = try run(["none.json", "new.json"])
        #expect(none.status == 2)
        #expect(none.error == "json-diff: 'none.json' cannot be read: No such file or directory\n")
        #expect(try run([".", "new.json"]).status == 2)
        #expect(try run(["old.json", "-"], input: "[").error.hasPrefix("json-diff: standard input: line 1"))
        let hostile = try run(["a\u{1b}[31m.json", "new.json"])
        #expect(hostile.error.contains("a\\u001b[31m.json"))
    }

    @Test("a byte order mark is said, and passed over")
    func byteOrderMark() throws {
        try write("bom.json", "\u{feff}" + Samples.oldPackage)
        let run = try run(["bom.json", "old.json"])
        #expect(run.status == 0)
        #expect(run.error == "json-diff: note: 'bom.json' begins with a byte order mark, which is passed over\n")
    }

    @Test("options of meaning reach the comparison")
    func meaning() throws {
        func status(_ old: String, _ new: String, _ options: String...) throws -> Int32 {
            try write("a.json", old)
            try write("b.json", new)
            return try run(["a.json", "b.json"] + options).status
        }
        #expect(try status("[1.0]", "[1]", "--numbers", "text") == 1)
        #expect(try status("[1.0]", "[1.05]", "--tolerance", "0.1") == 0)
        #expect(try status("[1,2]", "[2,1,1]", "--arrays", "set") == 0)
        #expect(try status("[1,2]", "[2,1]", "--arrays", "multiset") == 0)
        #expect(try status(#"{"x":{"at":1}}"#, #"{"x":{"at":2}}"#, "--ignore", "/**/at") == 0)
        #expect(try status(#"[{"id":1},{"id":2}]"#, #"[{"id":2},{"id":1}]"#, "--key", "id") == 0)
        #expect(try status(#"{"l":[{"id":1},{"id":2}]}"#, #"{"l":[{"id":2},{"id":1}]}"#, "--key", "/l=id") == 0)
        #expect(try status("[\"é\"]", "[\"e\u{301}\"]", "--normalize", "nfc") == 0)
        #expect(try status(#"{"a":1,"a":2}"#, #"{"a":2}"#, "--duplicates", "last") == 0)
        #expect(try status(#"{"a":1,"a":2}"#, #"{"a":2}"#) == 2)
        #expect(try status("[[1]]", "[[1]]", "--max-depth", "1") == 2)
        #expect(try status("[1, /* two */ 2,]", "[1,2]", "--jsonc") == 0)
        #expect(try status("1\n{\"a\":2}\n", "1\n\n{ \"a\": 2 }", "--ndjson") == 0)
        #expect(try status("1\n2\n", "1\n3\n", "--ndjson", "--threads", "1") == 1)
    }

    @Test("--max-diffs shows so many, and says that there may be more")
    func maximum() throws {
        let run = try run(["old.json", "new.json", "--max-diffs", "2"])
        #expect(run.status == 1)
        #expect(run.output.hasSuffix("2 changes: 2 replaced; there may be more.\n"))
    }

    @Test("colours only where they are wanted")
    func colours() throws {
        #expect(try run(["old.json", "new.json", "--color", "always"]).output.contains("\u{1b}[1m"))
        #expect(try !run(["old.json", "new.json", "--color", "never"]).output.contains("\u{1b}"))
        #expect(
            try run(["old.json", "new.json"], environment: ["COLUMNS": "60"]).output.split(separator: "\n").allSatisfy {
                $0.count <= 60
            })
    }

    @Test("a reader that goes early ends the program quietly, with the status of the comparison")
    func closedPipe() throws {
        let numbers = (0..<40_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        try write("a.json", "{\(numbers)}")
        try write("b.json", "{}")
        for arguments in ["a.json b.json", "a.json b.json --format patch", "a.json b.json --format html"] {
            let run = try ProgramRun.run(
                "bash", ["-c", "\"$0\" \(arguments) | true; exit ${PIPESTATUS[0]}", Self.program], in: folder.url)
            #expect(run.status == 1)
            #expect(run.error.isEmpty)
        }
    }

    @Test("-o writes a file whole or not at all")
    func output() throws {
        let written = try run(["old.json", "new.json", "--format", "patch", "-o", "change.json"])
        #expect(written.status == 1)
        #expect(written.output.isEmpty)
        #expect(try read("change.json") == run(["old.json", "new.json", "--format", "patch"]).standardOutput)
        // A merge patch that cannot be said leaves what was there.
        try write("null.json", #"{"name":null}"#)
        try write("kept.json", "kept")
        let refused = try run(["old.json", "null.json", "--format", "merge", "-o", "kept.json"])
        #expect(refused.status == 2)
        #expect(refused.error.contains("'/name' is null"))
        #expect(try read("kept.json") == Array("kept".utf8))
        let nowhere = try run(["old.json", "new.json", "-o", "no/such/folder/x"])
        #expect(nowhere.status == 2)
        #expect(nowhere.error.contains("'no/such/folder/x' cannot be written: No such file or directory"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).allSatisfy { !$0.hasSuffix(".tmp") })
    }

    @Test("a patch is applied and taken back; a failed test is 1, trouble is 2")
    func apply() throws {
        _ = try run(["old.json", "new.json", "--format", "patch", "--test", "-o", "change.json"])
        #expect(try run(["apply", "change.json", "old.json", "-o", "made.json"]).status == 0)
        #expect(try run(["made.json", "new.json"]).status == 0)
        #expect(try run(["apply", "--revert", "change.json", "new.json", "-o", "back.json"]).status == 0)
        #expect(try run(["back.json", "old.json"]).status == 0)
        let failed = try run(["apply", "change.json", "new.json"])
        #expect(failed.status == 1)
        #expect(failed.output.isEmpty)
        #expect(failed.error.hasPrefix("json-diff: 'change.json': operation 0: the test fails"))
        #expect(try run(["apply", "old.json", "new.json"]).status == 2)
        #expect(try run(["apply", "none.json", "new.json"]).status == 2)
        _ = try run(["old.json", "new.json", "--format", "patch", "-o", "untested.json"])
        let refused = try run(["apply", "--revert", "untested.json", "new.json"])
        #expect(refused.status == 2)
        #expect(refused.error.contains("write patches with --test"))
    }

    @Test("a merge patch is applied")
    func applyMerge() throws {
        _ = try run(["old.json", "new.json", "--format", "merge", "-o", "merge.json"])
        #expect(
            try run(
                ["apply", "--merge", "-", "old.json", "-o", "made.json"],
                input: String(decoding: read("merge.json"), as: UTF8.self)
            ).status == 0)
        #expect(try run(["made.json", "new.json"]).status == 0)
    }

    @Test("what was added where comments and trailing commas are taken is JSON in a patch")
    func trailingCommas() throws {
        try write("a.json", "{}")
        try write("b.json", "{\"a\": [1, 2, /* three */], \"b\": {\"c\": \"x,]\",},}")
        let run = try run(["a.json", "b.json", "--jsonc", "--format", "patch"])
        #expect(run.output.contains("[1,2]"))
        #expect(run.output.contains(#"{"c":"x,]"}"#))
    }

    @Test("with HOOFPRINT_SINK there is a log of the phases")
    func log() throws {
        let compared = try run(["old.json", "new.json"], environment: ["HOOFPRINT_SINK": "stderr"])
        #expect(compared.status == 1)
        for name in ["json.read", "json.match", "json.render"] { #expect(compared.error.contains(name)) }
        try write("patch.json", "[]")
        let applied = try run(["apply", "patch.json", "old.json"], environment: ["HOOFPRINT_SINK": "stderr"])
        #expect(applied.error.contains("json.apply"))
        #expect(try !run(["old.json", "new.json"]).error.contains("~hp1"))
    }
}

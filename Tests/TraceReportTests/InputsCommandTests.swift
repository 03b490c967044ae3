import Foundation
import TestSupport
import Testing

/// trace-report as a program, and the logs it is given.
@Suite("The logs of the command trace-report", .serialized)
struct InputsCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let lines = WrittenLog.pictureService().lines
        let half = lines.count / 2
        let older = try InputsPackedTests.Packer.gzip.pack(Array(lines[..<half].joined()))
        try Data(older).write(to: url("server.log.1.gz"))
        try Data(lines[half...].joined()).write(to: url("server.log"))
    }

    private func url(_ name: String) -> URL { folder.url.appendingPathComponent(name) }

    private func run(_ arguments: [String]) throws -> ProgramRun {
        try .run(productsFolder.appendingPathComponent("trace-report").path, arguments)
    }

    private func ranking(_ run: ProgramRun) -> Substring? { run.output.split(separator: "FIX FIRST").last }

    @Test("a rotated set, its folder and a pattern give the ranking of the whole log")
    func sets() throws {
        let whole = try TemporaryFolder()
        let log = whole.url.appendingPathComponent("whole.log")
        try Data(WrittenLog.pictureService().bytes).write(to: log)
        let expected = try run([log.path])
        #expect(expected.status == 0)
        for arguments in [[url("server.log").path, "--rotated"], [folder.url.path], [url("server*").path]] {
            let found = try run(arguments)
            #expect(found.status == 0 && found.error.isEmpty)
            #expect(ranking(found) == ranking(expected))
            #expect(found.output.contains(" and 1 more"))
        }
    }

    @Test("what is passed over is said, without control characters, unless --quiet")
    func notes() throws {
        let link = url("b\u{1b}[31m.log")
        try FileManager.default.linkItem(at: url("server.log"), to: link)
        try Data([0, 1, 2]).write(to: url("red.sqlite"))
        let said = try run([folder.url.path, url("server.log").path])
        #expect(said.status == 0)
        #expect(said.error.contains(": 1 binary file is passed over."))
        #expect(said.error.contains("' is the same file as '"))
        #expect(said.error.contains("b\\u{1b}[31m.log'"))
        #expect(!said.error.contains("\u{1b}"))
        #expect(try run([folder.url.path, "--quiet"]).error.isEmpty)
    }

    @Test("a packed log that is cut is said in the report, as text and as JSON")
    func cut() throws {
        let packed = try Data(contentsOf: url("server.log.1.gz"))
        try packed.dropLast(8).write(to: url("server.log.1.gz"))
        let arguments = [folder.url.path, "--format", "json"]
        #expect(try run([folder.url.path]).output.contains("1 packed log cut short or damaged"))
        #expect(try run(arguments).output.contains("\"cut\":true"))
    }

    @Test("a stretch of time of a pipe cannot be read, and it is said what can", arguments: ["-", "/dev/stdin"])
    func stretchOfPipe(name: String) throws {
        let program = productsFolder.appendingPathComponent("trace-report").path
        let command = "cat \"$0\" | \"$1\" \(name) --since 2026-11-24T00:00:15Z"
        let found = try ProgramRun.run("/bin/sh", ["-c", command, url("server.log").path, program])
        #expect(found.status == 66)
        #expect(found.error.contains("a stretch of time takes two readings; write it to a file and give that"))
        #expect(found.output.isEmpty)
    }

    @Test("a stretch of time is found in packed logs")
    func stretch() throws {
        let arguments = [folder.url.path, "--since", "2026-11-24T00:00:15Z"]
        let packed = try run(arguments)
        #expect(packed.status == 0, "\(packed.error)")
        let plain = try ProgramRun.run("gunzip", [url("server.log.1.gz").path])
        #expect(plain.status == 0)
        #expect(ranking(try run(arguments)) == ranking(packed))
    }
}

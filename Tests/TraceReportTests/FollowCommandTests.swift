import Foundation
import Synchronization
import TestSupport
import Testing

/// trace-report --follow as a program, with no terminal, beside a program that writes.
@Suite("The option --follow of trace-report", .serialized)
struct FollowCommandTests {
    private static let program = productsFolder.appendingPathComponent("trace-report").path

    private let folder: TemporaryFolder
    private let lines: [[UInt8]]

    init() throws {
        folder = try TemporaryFolder()
        lines = WrittenLog.pictureService().lines
    }

    private func url(_ name: String) -> URL { folder.url.appendingPathComponent(name) }

    private func write(_ lines: some Sequence<[UInt8]>, to name: String) throws {
        let descriptor = open(url(name).path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        try #require(descriptor >= 0)
        try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(contentsOf: Data(lines.joined()))
    }

    /// Something that is done while the program runs, when its outputs say that it is time.
    private struct Step: Sendable {
        let isTime: @Sendable (_ output: String, _ error: String) -> Bool
        let action: @Sendable () throws -> Void
    }

    /// Runs the program, does one thing after another, and then sends a signal.
    ///
    /// - Parameter signal: nil: it ends by itself.
    private func run(_ arguments: [String], signal: Int32? = SIGTERM, _ steps: [Step]) async throws -> ProgramRun {
        let progress = StepProgress()
        let watch = ProgramRun.Watch(signal ?? SIGTERM) { output, error in
            progress.take { next in
                guard next < steps.count else { return signal != nil }
                guard steps[next].isTime(output, error) else { return false }
                do { try steps[next].action() } catch { Issue.record(error) }
                next += 1
                return false
            }
        }
        return try await onThread { try ProgramRun.run(Self.program, arguments + ["--follow"], watch: watch) }
    }

    /// How many steps are done.
    private final class StepProgress: Sendable {
        private let next = Mutex(0)

        func take(_ body: (inout Int) -> Bool) -> Bool { next.withLock { body(&$0) } }
    }

    private func report(_ arguments: [String]) throws -> String { try ProgramRun.run(Self.program, arguments).output }

    /// A report as JSON, without the names and sizes of the logs it was read from.
    private func content(_ json: some StringProtocol) throws -> NSDictionary {
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8))
        let report = try #require((object as? NSDictionary)?.mutableCopy() as? NSMutableDictionary)
        report.removeObject(forKey: "inputs")
        return report
    }

    @Test("a log that is written and rotated meanwhile gives the report of one run over all its files")
    func writer() async throws {
        let log = PartTests().log(seed: 7, isInOrder: true)
        let lines = log.split(separator: 0x0a).map { Array($0) + [0x0a] }
        let folder = folder
        let isWritten = Mutex(false)
        let name = url("server.log").path
        try write([], to: "server.log")
        let writer = Thread {
            for (index, line) in lines.enumerated() {
                let file = open(name, O_WRONLY | O_APPEND | O_CREAT, 0o600)
                // In two pieces, as a slow disk gives them to a reader.
                for piece in [line.prefix(line.count / 2), line.dropFirst(line.count / 2)] {
                    _ = piece.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
                }
                close(file)
                if index % 40 == 39 { rename(name, name + ".\(1_000 - index / 40)") }
                usleep(1_000)
            }
            isWritten.withLock { $0 = true }
        }
        writer.start()
        let run = try await run(
            [folder.url.path, "--format", "json"],
            [Step(isTime: { _, _ in isWritten.withLock { $0 } }, action: {})])
        #expect(run.status == 0 && run.error.isEmpty, "\(run.error)")
        #expect(try content(run.output) == content(report([folder.url.path, "--format", "json"])))
    }

    @Test("--every writes a report a line as it changes, and the last one at the end of a pipe")
    func every() async throws {
        let (lines, half) = (lines, lines.count / 2)
        let pipe = url("pipe").path
        try #require(mkfifo(pipe, 0o600) == 0)
        let writer = Mutex<FileHandle?>(nil)
        let run = try await run(
            [pipe, "--every", "1s", "--format", "json"], signal: nil,
            [
                Step(
                    isTime: { _, _ in true },
                    action: {
                        let file = try FileHandle(forUpdating: URL(fileURLWithPath: pipe))
                        try file.write(contentsOf: Data(lines[..<half].joined()))
                        writer.withLock { $0 = file }
                    }),
                Step(
                    isTime: { output, _ in output.hasSuffix("\n") },
                    action: {
                        try writer.withLock { file in
                            try file?.write(contentsOf: Data(lines[half...].joined()))
                            try file?.close()
                        }
                    }),
            ])
        #expect(run.status == 0 && run.error.isEmpty, "\(run.error)")
        let reports = run.output.split(separator: "\n")
        #expect(reports.count >= 2 && Set(reports).count == reports.count)
        try write(lines, to: "whole.log")
        let whole = try report([url("whole.log").path, "--format", "json"])
        #expect(try content(#require(reports.last)) == content(whole))
    }

    @Test("a condition of --fail-if ends it with 3 as soon as it holds, and not before its function is there")
    func gate() async throws {
        let (lines, half) = (lines, lines.count / 2)
        let name = url("server.log").path
        try write(lines[..<2], to: "server.log")
        let run = try await run(
            [
                name, "--every", "1s", "--fail-if", "count(image.decode) > 250", "--fail-if",
                "count(image.decode) < 300",
            ],
            signal: nil,
            [
                Step(isTime: { _, _ in true }, action: { try write(lines[2..<half], to: "server.log") }),
                Step(
                    isTime: { output, _ in output.contains("image.decode") },
                    action: { try write(lines[half...], to: "server.log") }),
            ])
        #expect(run.status == 3)
        #expect(run.error.contains("count(image.decode)") && !run.error.contains("< 300"), "\(run.error)")
        #expect(run.output.hasSuffix(try report([name])))
    }

    @Test("with -o the file is replaced, in any format")
    func output() async throws {
        let (lines, half) = (lines, lines.count / 2)
        let (name, page) = (url("server.log").path, url("page.html").path)
        try write(lines[..<half], to: "server.log")
        let run = try await run(
            [name, "--every", "1s", "--format", "html", "-o", page],
            [
                Step(
                    isTime: { _, _ in FileManager.default.fileExists(atPath: page) },
                    action: { try write(lines[half...], to: "server.log") })
            ])
        #expect(run.status == 0 && run.output.isEmpty && run.error.isEmpty, "\(run.error)")
        #expect(try String(contentsOfFile: page, encoding: .utf8) == report([name, "--format", "html"]))
    }

    @Test("a log that never comes is waited for, and status 66 in the end")
    func nothing() async throws {
        let run = try await run(
            [url("no\u{1b}.log").path], [Step(isTime: { $1.contains("waited for") }, action: {})])
        #expect(run.status == 66 && run.output.isEmpty)
        #expect(run.error.contains("no\\u{1b}.log' is not there; it is waited for.\n"))
        #expect(run.error.contains("no log came"))
    }

    @Test(
        "what does not go together: status 2",
        arguments: [
            (["--every", "10s"], "goes with --follow"), (["--follow", "--every", "10"], "--every"),
            (["--follow", "--since", "-15m"], "--since"), (["--follow", "--compare", "old.log"], "--compare"),
            (["--follow", "--every", "10s", "--format", "csv"], "-o"),
        ])
    func usage(arguments: [String], said: String) throws {
        let run = try ProgramRun.run(Self.program, ["server.log"] + arguments)
        #expect(run.status == 2)
        #expect(run.error.contains(said), "\(run.error)")
    }
}

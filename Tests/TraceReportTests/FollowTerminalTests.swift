import Foundation
import TestSupport
import Testing

/// trace-report on a terminal, driven by `Terminal/terminal_check.py`.
@Suite("A log that is followed on a terminal", .serialized)
struct FollowTerminalTests {
    /// Each is a function of `Terminal/terminal_check.py`.
    @Test(
        "It does what people expect who know top",
        arguments: ["follow", "keys", "resize", "suspend", "waiting", "broken", "dumb"])
    func scenario(_ name: String) async throws {
        let folder = try TemporaryFolder()
        let lines = WrittenLog.pictureService().lines
        let half = lines.count / 2
        try Data(lines[..<half].joined()).write(to: folder.url.appendingPathComponent("server.log"))
        try Data(lines[half...].joined()).write(to: folder.url.appendingPathComponent("rest.log"))
        try await Self.check(name, folder)
    }

    /// Runs a scenario, which says on standard error what is wrong.
    static func check(_ scenario: String, _ folder: TemporaryFolder) async throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Terminal/terminal_check.py")
        let program = productsFolder.appendingPathComponent("trace-report").path
        let run = try await onThread {
            try ProgramRun.run("python3", ["-B", script.path, program, folder.url.path, scenario])
        }
        #expect(run.status == 0, "\(scenario): \(run.output)\n\(run.error)")
    }
}

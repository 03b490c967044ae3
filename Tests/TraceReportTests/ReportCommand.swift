import Foundation
import TestSupport

/// trace-report as a program, and a log for it in a folder of its own.
struct ReportCommand {
    static let program = productsFolder.appendingPathComponent("trace-report").path

    let folder: TemporaryFolder
    let log: URL

    init(log bytes: [UInt8]) throws {
        folder = try TemporaryFolder()
        log = folder.url.appendingPathComponent("server.log")
        try write(bytes)
    }

    /// Writes the log anew.
    func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: log) }

    /// Runs it with the log, then `arguments`.
    func report(_ arguments: [String], environment: [String: String] = [:]) throws -> ProgramRun {
        try run([log.path] + arguments, environment: environment)
    }

    /// Runs it with `arguments` alone.
    func run(_ arguments: [String], environment: [String: String] = [:], input: [UInt8] = []) throws -> ProgramRun {
        try .run(Self.program, arguments, environment, input: input)
    }
}

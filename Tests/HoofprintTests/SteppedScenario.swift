import Foundation
import TestSupport
import Testing

/// The scenario `stepped` as a process of its own, which does requests and flushes when it is told to.
final class SteppedScenario {
    private let process = Process()
    private let orders = Pipe()
    private let answers = Pipe()
    private let folder: TemporaryFolder
    private let errors: URL

    /// Starts it, with `environment` on top of an environment without `HOOFPRINT_*`.
    init(_ environment: [String: String]) throws {
        folder = try TemporaryFolder()
        errors = folder.url.appendingPathComponent("err")
        try Data().write(to: errors)
        process.executableURL = productsFolder.appendingPathComponent("hoofprint-scenarios")
        process.arguments = ["stepped"]
        process.environment = ProgramRun.environment(environment)
        process.standardInput = orders
        process.standardOutput = answers
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Does requests, and a flush; returns when it is done.
    func step(requests: Int = 1) throws {
        try orders.fileHandleForWriting.write(contentsOf: Data("\(requests)\n".utf8))
        let answer = answers.fileHandleForReading.readData(ofLength: "done\n".utf8.count)
        try #require(String(decoding: answer, as: UTF8.self) == "done\n")
    }

    /// Ends it in order, and returns what it wrote to standard error.
    func finish() throws -> String {
        try orders.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        return try String(contentsOf: errors, encoding: .utf8)
    }
}

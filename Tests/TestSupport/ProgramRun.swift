import Foundation

/// A program that ran to its end, and what it wrote.
package struct ProgramRun: Sendable {
    package let pid: UInt64
    /// The exit status, or the number of the signal that ended it.
    package let status: Int32
    package let wasEndedBySignal: Bool
    package let standardOutput: [UInt8]
    package let standardError: [UInt8]

    package var output: String { String(decoding: standardOutput, as: UTF8.self) }
    package var error: String { String(decoding: standardError, as: UTF8.self) }

    /// Which signal a program gets while it runs, and when.
    package struct Watch: Sendable {
        let signal: Int32
        let isTime: @Sendable (_ output: String, _ error: String) -> Bool

        /// - Parameter isTime: Whether to send the signal now, told by what has been written so far.
        package init(_ signal: Int32, when isTime: @escaping @Sendable (_ output: String, _ error: String) -> Bool) {
            self.signal = signal
            self.isTime = isTime
        }

        /// The signal is sent when the program says `ready` on standard output, and some time has passed.
        package static func ready(_ signal: Int32, afterMicroseconds: UInt32 = 0) -> Watch {
            Watch(signal) { output, _ in
                guard output == "ready\n" else { return false }
                usleep(afterMicroseconds)
                return true
            }
        }
    }

    /// The tests' own environment without `HOOFPRINT_*`, and `changes` on top of it.
    package static func environment(_ changes: [String: String] = [:]) -> [String: String] {
        ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("HOOFPRINT") }
            // A crash handler that prints backtraces would keep a program that crashes alive for long.
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }.merging(changes) { $1 }
    }

    /// Runs a program, and waits for its end.
    ///
    /// Its outputs are files, so that it waits for no reader, and is read whole however much it writes.
    ///
    /// - Parameters:
    ///   - program: Its path, or a name without a slash that is looked for in `PATH`.
    ///   - environment: What its environment has on top of ``environment(_:)``.
    ///   - folder: Its working folder, the tests' own by default.
    ///   - input: What it reads from standard input.
    package static func run(
        _ program: String, _ arguments: [String] = [], _ environment: [String: String] = [:], in folder: URL? = nil,
        input: [UInt8] = [], watch: Watch? = nil
    ) throws -> ProgramRun {
        let files = try TemporaryFolder()
        func file(_ name: String) -> URL { files.url.appendingPathComponent(name) }
        func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: file(name))) }
        for (name, content) in ["in": input, "out": [], "err": []] { try Data(content).write(to: file(name)) }
        let process = Process()
        let isPath = program.contains("/")
        process.executableURL = URL(fileURLWithPath: isPath ? program : "/usr/bin/env")
        process.arguments = isPath ? arguments : [program] + arguments
        process.environment = Self.environment(environment)
        if let folder { process.currentDirectoryURL = folder }
        process.standardInput = try FileHandle(forReadingFrom: file("in"))
        process.standardOutput = try FileHandle(forWritingTo: file("out"))
        process.standardError = try FileHandle(forWritingTo: file("err"))
        try process.run()
        while let watch, process.isRunning {
            if watch.isTime(
                String(decoding: try read("out"), as: UTF8.self), String(decoding: try read("err"), as: UTF8.self))
            {
                kill(process.processIdentifier, watch.signal)
                break
            }
            usleep(2000)
        }
        process.waitUntilExit()
        return ProgramRun(
            pid: UInt64(process.processIdentifier), status: process.terminationStatus,
            wasEndedBySignal: process.terminationReason == .uncaughtSignal, standardOutput: try read("out"),
            standardError: try read("err"))
    }
}

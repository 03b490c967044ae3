import Foundation

/// A program that ran, and what it left.
struct ProgramRun {
    let pid: UInt64
    /// The exit status, or the number of the signal that ended it.
    let status: Int32
    let wasEndedBySignal: Bool
    let output: String
    let error: String
    let log: SampledLog

    /// What a test does while a program runs, told by what it has written so far.
    struct Watch {
        /// Whether to send the signal now.
        let isTime: (_ output: String, _ error: String) -> Bool
        let signal: Int32
    }

    /// Runs a program with `environment` on top of one without `HOOFPRINT_*`. Its log is what it wrote to `LOG`, which stands
    /// for a file in the environment and arguments.
    static func run(
        _ program: String, _ arguments: [String] = [], _ environment: [String: String] = [:], watch: Watch? = nil
    ) throws -> ProgramRun {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("log")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments.map { $0.replacingOccurrences(of: "LOG", with: log.path) }
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("HOOFPRINT") }
            .merging(environment.mapValues { $0.replacingOccurrences(of: "LOG", with: log.path) }) { $1 }
        let outputs = try ["out", "err"].map { name in
            let file = folder.url.appendingPathComponent(name)
            try Data().write(to: file)
            return file
        }
        process.standardOutput = try FileHandle(forWritingTo: outputs[0])
        process.standardError = try FileHandle(forWritingTo: outputs[1])
        func texts() throws -> [String] {
            try outputs.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        }
        try process.run()
        if let watch {
            while process.isRunning {
                let seen = try texts()
                if watch.isTime(seen[0], seen[1]) { break }
                usleep(2000)
            }
            kill(process.processIdentifier, watch.signal)
        }
        process.waitUntilExit()
        let written = try texts()
        return ProgramRun(
            pid: UInt64(process.processIdentifier), status: process.terminationStatus,
            wasEndedBySignal: process.terminationReason == .uncaughtSignal, output: written[0], error: written[1],
            log: SampledLog((try? Data(contentsOf: log)) ?? Data()))
    }

    /// The same with the agent preloaded.
    static func sampled(
        _ program: String, _ arguments: [String] = [], _ environment: [String: String] = [:], watch: Watch? = nil
    ) throws -> ProgramRun {
        let agent = try BuiltAgent.result.get()
        let variables = ["LD_PRELOAD": agent.library.path, "HOOFPRINT_SAMPLE": "997", "HOOFPRINT_SINK": "file:LOG"]
        return try run(program, arguments, variables.merging(environment) { $1 }, watch: watch)
    }
}

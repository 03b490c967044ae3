import Foundation
import TestSupport

/// A program that ran, and the log that it left.
@dynamicMemberLookup
struct LoggedRun {
    let run: ProgramRun
    let log: SampledLog

    subscript<Value>(dynamicMember property: KeyPath<ProgramRun, Value>) -> Value { run[keyPath: property] }

    /// Runs a program; its log is what it wrote to `LOG`, which stands for a file in the environment and arguments.
    static func run(
        _ program: String, _ arguments: [String] = [], _ environment: [String: String] = [:],
        watch: ProgramRun.Watch? = nil
    ) throws -> LoggedRun {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("log")
        func named(_ text: String) -> String { text.replacingOccurrences(of: "LOG", with: log.path) }
        let run = try ProgramRun.run(program, arguments.map(named), environment.mapValues(named), watch: watch)
        return LoggedRun(run: run, log: SampledLog((try? Data(contentsOf: log)) ?? Data()))
    }

    /// The same with the agent preloaded.
    static func sampled(
        _ program: String, _ arguments: [String] = [], _ environment: [String: String] = [:],
        watch: ProgramRun.Watch? = nil
    ) throws -> LoggedRun {
        let agent = try BuiltAgent.result.get()
        let variables = ["LD_PRELOAD": agent.library.path, "HOOFPRINT_SAMPLE": "997", "HOOFPRINT_SINK": "file:LOG"]
        return try run(program, arguments, variables.merging(environment) { $1 }, watch: watch)
    }
}

import Foundation
import TestSupport
import TraceLog

/// The tool, and the package of hard cases built by it.
enum Instrumented {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let hardCases = root.appendingPathComponent("Tests/InstrumentTests/Packages/HardCases")

    /// Runs `scripts/instrument`.
    static func run(_ arguments: [String]) throws -> ProgramRun {
        try ProgramRun.run(root.appendingPathComponent("scripts/instrument").path, arguments)
    }

    /// What the hard cases print as they are, what their instrumented build prints, and what it recorded.
    struct HardCases {
        let folder: TemporaryFolder
        let plain: ProgramRun
        let instrumented: ProgramRun
        let log: Log
        /// Each function's line of `--list`, by name.
        let listed: [String: String]

        init() throws {
            folder = try TemporaryFolder()
            let path = Instrumented.hardCases.path
            let scratch = folder.url.appendingPathComponent("plain").path
            let built = try ProgramRun.run("swift", ["build", "--package-path", path, "--scratch-path", scratch])
            guard built.status == 0 else { throw NotBuilt(text: built.output + built.error) }
            plain = try ProgramRun.run("\(scratch)/debug/HardCases")

            let output = folder.url.appendingPathComponent("instrumented").path
            let options = ["--package-path", path, "--output", output, "--accessors"]
            let made = try Instrumented.run(options + ["--debug"])
            guard made.status == 0 else { throw NotBuilt(text: made.error) }
            let file = folder.url.appendingPathComponent("log")
            let program = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            instrumented = try ProgramRun.run(program, [], ["HOOFPRINT_SINK": "file:\(file.path)"])
            log = Log([UInt8](try Data(contentsOf: file)))
            let lines = try Instrumented.run(options + ["--list"]).output.split(separator: "\n").map(String.init)
            listed = Dictionary(
                lines.compactMap { line in
                    let parts = line.components(separatedBy: ": ")
                    return parts.count > 2 ? (parts[1], parts[2...].joined(separator: ": ")) : nil
                }, uniquingKeysWith: { first, _ in first })
        }
    }

    struct NotBuilt: Error { let text: String }

    static let built = Result { try HardCases() }

    /// What was recorded, by span name.
    struct Log {
        private(set) var callsites: [String: CallsiteRecord] = [:]
        private(set) var counts: [String: UInt64] = [:]
        private(set) var errors: [String: UInt64] = [:]

        init(_ bytes: [UInt8]) {
            var names: [UInt64: String] = [:]
            var paths: [UInt64: UInt64] = [:]
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                guard case .record(_, let record) = RecordDecoder.decode(Array(line)) else { continue }
                switch record {
                case .callsite(let callsite):
                    names[callsite.id] = callsite.name
                    callsites[callsite.name] = callsite
                case .path(let path): paths[path.id] = path.callsite
                case .stats(let stats):
                    guard let name = paths[stats.path].flatMap({ names[$0] }) else { continue }
                    counts[name, default: 0] += stats.count
                    errors[name, default: 0] += stats.errors
                default: break
                }
            }
        }
    }
}

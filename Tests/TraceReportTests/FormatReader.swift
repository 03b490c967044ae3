import Foundation
import TestSupport
import Testing

/// The readers of formats, which `scripts/format-readers` installs and `Readers/read.py` runs.
enum FormatReader {
    /// What Perfetto finds in a Chrome trace.
    struct ChromeTrace: Decodable {
        struct Slice: Decodable {
            let id: Int
            let parent: Int?
            let start: Int64
            /// -1 where it has no end.
            let duration: Int64
            let name: String
            let thread: Int64?
            let threadName: String?
            let pid: Int64?
            let process: String?
            let arguments: [String: String]

            enum CodingKeys: String, CodingKey {
                case id, name, pid, process, arguments
                case parent = "parent_id"
                case start = "ts"
                case duration = "dur"
                case thread = "tid"
                case threadName = "thread"
            }
        }

        struct Counter: Decodable {
            let name: String
            let ts: Int64
            let value: Double
            let pid: Int64
        }

        struct Problem: Decodable {
            let name: String
            let value: Int64
        }

        let slices: [Slice]
        let counters: [Counter]
        /// What Perfetto complains of.
        let problems: [Problem]
    }

    /// A span that OpenTelemetry's classes find in OTLP/JSON.
    struct OTLPSpan: Decodable {
        let trace: String
        let id: String
        let parent: String
        let name: String
        let start: UInt64
        let end: UInt64
        let failed: Bool
        let attributes: [String: String]
        let resource: [String: String]
        let scope: String
    }

    /// A profile, read by pprof's own definition.
    struct Profile: Decodable {
        struct ValueType: Decodable, Equatable {
            let type: String
            let unit: String
        }

        struct Sample: Decodable {
            /// Outermost first.
            let stack: [String]
            let values: [UInt64]
        }

        let types: [ValueType]
        let defaultType: String
        let samples: [Sample]
        let modules: [String: String]
        let period: ValueType
    }

    /// Lets the reader of a format read files.
    ///
    /// - Parameter form: A format of `read.py`.
    static func read<Found: Decodable & Sendable>(_ files: [[UInt8]], as form: String) async throws -> [Found] {
        try await onThread { try readNow(files, as: form) }
    }

    private static func readNow<Found: Decodable>(_ files: [[UInt8]], as form: String) throws -> [Found] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let setup = tests.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("scripts/format-readers")
        let python = try ProgramRun.run(setup.path)
        try #require(python.status == 0, "\(python.error)")
        let folder = try TemporaryFolder()
        var paths: [String] = []
        for (index, file) in files.enumerated() {
            let url = folder.url.appendingPathComponent("\(index)")
            try Data(file).write(to: url)
            paths.append(url.path)
        }
        let script = tests.appendingPathComponent("Readers/read.py").path
        let run = try ProgramRun.run(
            python.output.trimmingCharacters(in: .newlines), ["-B", script, form] + paths,
            ["TMPDIR": folder.url.path])
        try #require(run.status == 0, "\(run.error)")
        return try JSONDecoder().decode([Found].self, from: Data(run.standardOutput))
    }
}

import Foundation
import TraceLog

/// What the scenario logged.
struct TracedLog {
    /// What is known of the spans on one path.
    struct Path {
        var count: UInt64 = 0
        var errors: UInt64 = 0
        var errorTypes: Set<String> = []
        var file = ""
        var line: UInt64 = 0
        var function = ""
    }

    /// By the names from the root on, joined by ` > `.
    let paths: [String: Path]
    /// The attributes of each span, in order, by span name.
    let attributes: [String: [[String: String]]]
    let status: Int32

    init(mode: String, attributes policy: String) throws {
        let run = try Run(
            Self.products.appendingPathComponent("hoofprint-traced-scenario"), [],
            ["HOOFPRINT": mode, "HOOFPRINT_ATTRIBUTES": policy])
        status = run.status
        (paths, attributes) = Self.read(run.standardError)
    }

    /// Where `swift build` puts what it builds.
    static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

    private static func read(_ bytes: [UInt8]) -> ([String: Path], [String: [[String: String]]]) {
        var callsites: [UInt64: CallsiteRecord] = [:], parents: [UInt64: PathRecord] = [:]
        var counts: [UInt64: UInt64] = [:], errors: [ErrorsRecord] = [], spans: [SpanRecord] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard case .record(_, let record) = RecordDecoder.decode(Array(line)) else { continue }
            switch record {
            case .callsite(let callsite): callsites[callsite.id] = callsite
            case .path(let path): parents[path.id] = path
            case .stats(let stats): counts[stats.path] = stats.count + stats.folded
            case .errors(let record): errors.append(record)
            case .span(let span): spans.append(span)
            default: break
            }
        }
        func name(_ path: UInt64) -> String {
            var names: [String] = [], next = path
            while let record = parents[next] {
                names.append(callsites[record.callsite]?.name ?? "?")
                next = record.parent
            }
            return names.reversed().joined(separator: " > ")
        }
        var paths: [String: Path] = [:]
        for (id, record) in parents {
            guard let callsite = callsites[record.callsite] else { continue }
            var path = paths[name(id)] ?? Path()
            path.count += counts[id] ?? 0
            (path.file, path.line, path.function) = (callsite.file, UInt64(callsite.line), callsite.function)
            paths[name(id)] = path
        }
        for record in errors {
            paths[name(record.path)]?.errors += record.count
            paths[name(record.path)]?.errorTypes.insert(record.type)
        }
        let named = Dictionary(grouping: spans.sorted { $0.id < $1.id }) {
            callsites[parents[$0.path]?.callsite ?? 0]?.name ?? "?"
        }
        let attributes = named.mapValues { spans in
            spans.map { span in Dictionary(span.attributes.map { ($0.key, $0.value) }) { $1 } }
        }
        return (paths, attributes)
    }
}

/// A program that was run to its end.
struct Run {
    let status: Int32
    let standardError: [UInt8]

    init(_ program: URL, _ arguments: [String], _ environment: [String: String] = [:]) throws {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("hoofprint-traced-\(UUID().uuidString)")
        try Data().write(to: file)
        // What cannot be removed is left to the system's own cleaning of its folder for temporary files.
        defer { _ = try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("HOOFPRINT") }
            .merging(environment) { $1 }
        process.standardError = try FileHandle(forWritingTo: file)
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        standardError = [UInt8](try Data(contentsOf: file))
    }
}

import Foundation
import TestSupport
import TraceLog

/// Scenarios, run as processes of their own.
enum ScenarioRun {
    /// Runs `hoofprint-scenarios NAME`.
    ///
    /// - Parameter wrapper: A command that runs the scenario, as `strace` does.
    static func run(
        _ name: String, _ environment: [String: String] = [:], wrapper: [String] = [], watch: ProgramRun.Watch? = nil
    ) throws -> ProgramRun {
        let command = wrapper + [productsFolder.appendingPathComponent("hoofprint-scenarios").path, name]
        return try .run(command[0], Array(command.dropFirst()), environment, watch: watch)
    }
}

extension ProgramRun {
    /// What standard error holds, decoded.
    var log: DecodedLog { DecodedLog(standardError) }
}

/// A log's records, by what they describe.
struct DecodedLog {
    private(set) var records: [(header: RecordHeader, record: Record)] = []
    private(set) var foreignLines: [String] = []
    private(set) var damagedLines = 0
    private(set) var callsites: [UInt64: CallsiteRecord] = [:]
    private(set) var paths: [UInt64: PathRecord] = [:]
    private var stats: [UInt64: StatsRecord] = [:]
    private(set) var errors: [ErrorsRecord] = []
    private(set) var spans: [SpanRecord] = []
    private(set) var drops = DropsRecord()
    private(set) var requests: [LoggedRequest] = []
    private(set) var open: [OpenRecord] = []
    private(set) var samples: [SampleRecord] = []

    init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            switch RecordDecoder.decode(Array(line)) {
            case .foreign: foreignLines.append(String(decoding: line, as: UTF8.self))
            case .record(let header, let record): add(header, record)
            case .unknownKind, .damaged: damagedLines += 1
            }
        }
    }

    /// A log's sessions, in the order in which they began.
    static func sessions(_ bytes: [UInt8]) -> [DecodedLog] {
        var tags: [UInt64] = []
        var lines: [UInt64: [UInt8]] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard case .record(let header, _) = RecordDecoder.decode(Array(line)) else { continue }
            if lines[header.session] == nil { tags.append(header.session) }
            lines[header.session, default: []] += line + [UInt8(ascii: "\n")]
        }
        return tags.map { DecodedLog(lines[$0] ?? []) }
            .sorted { $0.session?.startWallNanoseconds ?? 0 < $1.session?.startWallNanoseconds ?? 0 }
    }

    /// The session's first record.
    var session: SessionRecord? {
        for case (_, .session(let session)) in records { return session }
        return nil
    }

    /// Why the session ended.
    var endReason: String? {
        if case .end(let end)? = records.last?.record { end.reason } else { nil }
    }

    private mutating func add(_ header: RecordHeader, _ record: Record) {
        records.append((header, record))
        switch record {
        case .callsite(let callsite): callsites[callsite.id] = callsite
        case .path(let path): paths[path.id] = path
        case .stats(let record): stats[record.path] = record
        case .errors(let record): errors.append(record)
        case .span(let span): spans.append(span)
        case .request(let record): requests.append(LoggedRequest(record: record))
        case .tree(let tree):
            if requests.last?.record.id == tree.request { requests[requests.count - 1].spans += tree.spans }
        case .open(let record): open.append(record)
        case .drops(let record): drops = record
        case .sample(let record): samples.append(record)
        default: break
        }
    }

    /// A path's names from the root on, joined by ` > `.
    func name(ofPath id: UInt64) -> String {
        var names: [String] = []
        var next = id
        while let path = paths[next] {
            names.append(callsites[path.callsite]?.name ?? "?")
            next = path.parent
        }
        return names.reversed().joined(separator: " > ")
    }

    /// The newest stats by path name; callsites of one name under one parent in order of their lines.
    var statsByName: [String: [StatsRecord]] {
        Dictionary(grouping: stats.values.sorted { $0.path < $1.path }) { name(ofPath: $0.path) }
    }

    /// The newest counts of a sampler by path name and thing.
    func samples(of sampler: String) -> [String: [String: UInt64]] {
        var counts: [String: [String: UInt64]] = [:]
        for sample in samples where sample.sampler == sampler {
            counts[name(ofPath: sample.path), default: [:]][sample.what] = sample.count
        }
        return counts
    }

    /// How often each path's spans ended.
    var counts: [String: [UInt64]] { statsByName.mapValues { $0.map(\.count) } }
}

/// An exemplar with its tree.
struct LoggedRequest {
    let record: RequestRecord
    var spans: [TreeRecord.Span] = []
}

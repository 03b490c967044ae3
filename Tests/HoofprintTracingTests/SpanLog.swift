import Foundation
import TestSupport
import TraceLog

/// The spans that a program logged in mode `every`.
struct SpanLog {
    struct Span {
        let id: UInt64
        let parent: UInt64
        let name: String
        let file: String
        let error: String
        let attributes: [String: String]
        let took: UInt64
        let selfTime: UInt64
        let cpu: UInt64
    }

    /// In order of end.
    private(set) var spans: [Span] = []
    private(set) var misused: UInt64 = 0

    init(_ log: some Sequence<UInt8>) {
        var callsites: [UInt64: CallsiteRecord] = [:]
        var paths: [UInt64: PathRecord] = [:]
        for line in Array(log).split(separator: UInt8(ascii: "\n")) {
            guard case .record(_, let record) = RecordDecoder.decode(Array(line)) else { continue }
            switch record {
            case .callsite(let callsite): callsites[callsite.id] = callsite
            case .path(let path): paths[path.id] = path
            case .drops(let drops): misused = drops.misused
            case .span(let span):
                let callsite = paths[span.path].flatMap { callsites[$0.callsite] }
                spans.append(
                    Span(
                        id: span.id, parent: span.parent, name: callsite?.name ?? "?", file: callsite?.file ?? "",
                        error: span.error,
                        attributes: Dictionary(span.attributes.map { ($0.key, $0.value) }) { first, _ in first },
                        took: span.durationNanoseconds, selfTime: span.selfNanoseconds, cpu: span.cpuNanoseconds))
            default: break
            }
        }
    }

    /// Runs a scenario to its end, in mode `every`.
    init(scenario: String, _ environment: [String: String] = [:]) throws {
        let run = try Scenario.run([scenario], ["HOOFPRINT": "every"].merging(environment) { $1 })
        self.init(run.standardError)
    }

    /// The spans of a name.
    subscript(name: String) -> [Span] { spans.filter { $0.name == name } }

    /// The names of a span and of those around it, innermost first.
    func stack(_ span: Span) -> [String] {
        var names = [span.name]
        var next = spans.first { $0.id == span.parent }
        while let outer = next {
            names.append(outer.name)
            next = spans.first { $0.id == outer.parent }
        }
        return names
    }

    /// The stacks of all spans of a name.
    func stacks(_ name: String) -> Set<[String]> { Set(self[name].map(stack)) }
}

/// The program of `Tests/HoofprintTracingScenarios`.
enum Scenario {
    static let program = productsFolder.appendingPathComponent("hoofprint-tracing-scenarios").path

    struct Failure: Error {
        let run: ProgramRun
    }

    static func run(_ arguments: [String], _ environment: [String: String] = [:]) throws -> ProgramRun {
        let run = try ProgramRun.run(program, arguments, environment)
        guard !run.wasEndedBySignal, run.status == 0 else { throw Failure(run: run) }
        return run
    }
}

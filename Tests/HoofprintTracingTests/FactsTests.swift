import HoofprintTracing
import TestSupport
import Testing
import TraceReport

@Suite("What is said of a span")
struct FactsTests {
    @Test("stands in the log where the configuration lets its key through, but for secrets")
    func all() throws {
        let log = try SpanLog(scenario: "facts", ["HOOFPRINT_ATTRIBUTES": "all"])
        let span = try #require(log["facts"].first)
        let linked = try #require(log["linked"].first)
        let numbers = ["trace_id", "span_id"].compactMap { linked.attributes[$0] }
        var facts = span.attributes
        for key in ["trace_id", "span_id"] { facts[key] = nil }
        #expect(
            facts == [
                "text": "two words", "count": "42", "ratio": "0.5", "flag": "true", "list": "1,2,3", "shape": "round",
                "events": "cache miss,retry", "links": numbers.joined(separator: "-"), "status_message": "no luck",
                "span_kind": "client", "http.request.header.authorization": "(redacted)",
            ])
        #expect(span.error == "(error status)")
    }

    @Test("is its numbers alone by default")
    func none() throws {
        let log = try SpanLog(scenario: "facts")
        let span = try #require(log["facts"].first)
        #expect(Set(span.attributes.keys) == ["trace_id", "span_id", "span_kind", "links"])
        #expect(span.attributes["trace_id"]?.count == 32 && span.attributes["span_id"]?.count == 16)
    }

    @Test("is a name among a bounded number of names")
    func names() throws {
        let run = try Scenario.run(["names"])
        var analyser = LogAnalyser()
        try analyser.read(.bytes(run.standardError, name: "log"))
        let functions = Dictionary(analyser.report().functions.map { ($0.name, $0) }) { first, _ in first }
        #expect(functions["(other operations)"]?.count == UInt64(3_000 - OperationNames.maximumNamesOfPlace))
        #expect(functions.values.reduce(0) { $0 + $1.count } == 3_003)
        #expect(functions["GET /users/0"]?.count == 1 && functions["one more place"]?.count == 1)
        // Cut here at 256 bytes, and in the log where its text takes too much room.
        #expect(functions.values.filter { $0.name.hasPrefix("ää") }.map(\.count) == [1])
        #expect(functions[""]?.count == 1)
        #expect(functions["GET /users/0"]?.file == "hoofprint_tracing_scenarios/Names.swift")
    }
}

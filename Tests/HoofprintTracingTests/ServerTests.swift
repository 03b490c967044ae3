import Foundation
import TestSupport
import Testing
import TraceLog
import TraceReport

/// Hummingbird's `TracingMiddleware` asked by AsyncHTTPClient, as two processes.
@Suite("Two programs' logs")
struct ServerTests {
    let server: [UInt8]
    let client: [UInt8]

    init() async throws {
        (server, client) = try await Self.logs(mode: "every")
    }

    private static func logs(mode: String) async throws -> (server: [UInt8], client: [UInt8]) {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let process = try ServerProcess(Scenario.program, ["server"], ["HOOFPRINT": mode], log: log)
        let url = try await text(of: log, matching: /listening on (http:\S+)\n/)
        let client = try Scenario.run(["client", url], ["HOOFPRINT": mode])
        kill(process.pid, SIGTERM)
        _ = try await text(of: log, matching: /~hp1 (end) .*\n/)
        return ([UInt8](try Data(contentsOf: log)), client.standardError)
    }

    private struct NotLogged: Error {
        let log: String
    }

    /// Waits until a log has what is looked for.
    private static func text(of log: URL, matching pattern: Regex<(Substring, Substring)>) async throws -> String {
        var text = ""
        for _ in 0..<2400 {
            text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            if let match = text.firstMatch(of: pattern) { return String(match.output.1) }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw NotLogged(log: text)
    }

    @Test("have one trace, the server's spans below the client's")
    func oneTrace() throws {
        let (asking, answering) = (SpanLog(client), SpanLog(server))
        let requests = answering["/users/{id}"]
        #expect(requests.count == 4)
        #expect(answering.stacks("users.load") == [["users.load", "/users/{id}"]])
        // AsyncHTTPClient hands no trace on from its interface of futures.
        let asked = requests.filter { $0.attributes["parent_span_id"] != nil }
        #expect(asked.count == 3)
        for request in asked {
            let parent = try #require(
                asking["GET"].first { $0.attributes["span_id"] == request.attributes["parent_span_id"] })
            #expect(parent.attributes["trace_id"] == request.attributes["trace_id"])
            #expect(parent.attributes["span_kind"] == "client" && request.attributes["span_kind"] == "server")
        }
        #expect(Set(requests.compactMap { $0.attributes["trace_id"] }).count == 4)
        #expect(asking.stacks("GET").isSubset(of: [["GET", "client.job"], ["GET", "client.future"], ["GET"]]))
        #expect(requests.filter { $0.error == "Hummingbird.HTTPError" }.count == 1)
    }

    @Test("have the trace and the span on every line that is logged inside a span")
    func lines() throws {
        func numbers(_ log: [UInt8], _ message: String) -> [[String: String]] {
            String(decoding: log, as: UTF8.self).split(separator: "\n").filter { $0.contains(message) }.map { line in
                Dictionary(
                    uniqueKeysWithValues: line.matches(of: /(trace_id|span_id)=([0-9a-f]+)/).map {
                        (String($0.output.1), String($0.output.2))
                    })
            }
        }
        func known(_ spans: [SpanLog.Span]) -> Set<[String: String]> {
            Set(spans.map { $0.attributes.filter { ["trace_id", "span_id"].contains($0.key) } })
        }
        let ofServer = numbers(server, "loading a user")
        #expect(ofServer.count == 4 && Set(ofServer) == known(SpanLog(server)["/users/{id}"]))
        let ofClient = numbers(client, "asking")
        #expect(ofClient.count == 3 && Set(ofClient) == known(SpanLog(client)["client.job"]))
    }

    @Test("have the trace of each request that is written as a tree in mode aggregate")
    func requests() async throws {
        let (server, client) = try await Self.logs(mode: "aggregate")
        func traces(_ log: [UInt8], _ root: String) throws -> Set<String> {
            var analyser = LogAnalyser()
            try analyser.read(.bytes(log, name: "log"))
            let requests = analyser.report().requests.filter { $0.spans.first?.place.name == root }
            return Set(requests.compactMap { $0.trace?.traceText })
        }
        let ofServer = try traces(server, "/users/{id}")
        #expect(ofServer.count >= 3)
        let ofClient = try traces(client, "client.job")
        #expect(ofClient.count == 3)
        #expect(ofServer.intersection(ofClient).count >= 2)
    }
}

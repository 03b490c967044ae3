import Foundation
import HTTPTestSupport
import TestSupport
import Testing
import TraceReport

@Suite("Metrics of a Hummingbird server")
struct ServerTests {
    @Test("are in its log, by route and status, and trace-report shows them")
    func hummingbird() throws {
        let run = try ProgramRun.run(
            productsFolder.appendingPathComponent("hoofprint-server-scenarios").path, ["server"],
            ["HOOFPRINT_FLUSH": "3600"],
            watch: ProgramRun.Watch(SIGTERM) { output, _ in
                guard let port = output.firstMatch(of: /listening (\d+)\n/).flatMap({ Int($0.output.1) }) else {
                    return false
                }
                return Self.visit(port)
            })
        #expect(!run.wasEndedBySignal && run.status == 0)
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        try Data(run.standardError).write(to: log)
        let report = try ProgramRun.run(
            productsFolder.appendingPathComponent("trace-report").path, [log.path, "--format", "json"])
        let counters = try Self.counters(report)
        func last(_ probe: String, _ name: String) -> UInt64? { counters["\(probe) \(name)"] }
        let hello = "{http.request.method=GET,http.response.status_code=200,http.route=/hello/{name}}"
        #expect(last("counter:hb.requests" + hello, "total") == 3)
        #expect(last("timer:http.server.request.duration" + hello, "count") == 3)
        #expect((last("timer:http.server.request.duration" + hello, "p99_ns") ?? 0) > 0)
        let fails = "{http.request.method=GET,http.response.status_code=409,http.route=/fails}"
        #expect(last("counter:hb.requests" + fails, "total") == 1)
        let errors = "counter:hb.request.errors{error.type=409,http.request.method=GET,http.route=/fails}"
        #expect(last(errors, "total") == 1)
        let shown = try ProgramRun.run(
            productsFolder.appendingPathComponent("trace-report").path, [log.path, "--counters", "--top", "1000"])
        #expect(shown.output.split(separator: "\n").contains { $0 == "  counter:hb.requests" + fails })
        #expect(last("gauge:http.server.active_requests{http.request.method=GET}", "value") == 0)
    }

    /// Asks the server, and says whether it answered.
    private static func visit(_ port: Int) -> Bool {
        let exchange = Exchange(port: port)
        return [("/hello/you", 3, 200), ("/fails", 1, 409)].allSatisfy { path, times, status in
            (0..<times).allSatisfy { _ in
                // No answer is what the test fails for.
                (try? exchange.sendBlocking([Exchange.head("GET", path)]))??.status == status
            }
        }
    }

    private static func counters(_ report: ProgramRun) throws -> [String: UInt64] {
        let json = try #require(try JSONSerialization.jsonObject(with: Data(report.standardOutput)) as? [String: Any])
        let resources = try #require(json["resources"] as? [String: Any])
        let counters = try #require(resources["counters"] as? [[String: Any]])
        return counters.reduce(into: [:]) { found, counter in
            guard let probe = counter["probe"], let name = counter["name"] else { return }
            found["\(probe) \(name)"] = (counter["last"] as? NSNumber)?.uint64Value
        }
    }
}

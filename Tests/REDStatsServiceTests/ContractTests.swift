import Foundation
import HTTPTestSupport
import REDStats
import Testing

@testable import REDStatsService

/// The document at `/openapi.json` against what the server answers.
struct ContractTests {
    @Test(.timeLimit(.minutes(5)))
    func `Every route's answers are as the document says`() async throws {
        try await StatsTestServer.with { server in
            let contract = try Contract(try await server.ask("GET", "/openapi.json").body)
            func check(
                _ method: String, _ path: String, as route: String, _ status: Int, _ fields: [String: String] = [:],
                json: String? = nil
            ) async throws -> Answer {
                let answer = try await server.ask(method, path, fields, json: json)
                #expect(answer.status == status, "\(method) \(path)")
                #expect(contract.faults(of: answer, to: method, route) == [], "\(method) \(path)")
                return answer
            }
            let all = "/v1/subscriptions"
            let one = "/v1/subscriptions/{id}"
            let made = try await check("POST", all, as: all, 201, json: "{\"client\":\"ann\",\"above\":10}")
            let id = try made.id
            _ = try await check("POST", all, as: all, 422, json: "{\"above\":10}")
            _ = try await check("POST", all, as: all, 422, json: "{\"client\":\"ann\",\"above\":1.5}")
            _ = try await check("POST", all, as: all, 422, json: "{\"client\":\"ann\",\"above\":true}")
            _ = try await check("POST", all, as: all, 422, json: "{\"client\":\"ann\",\"above\":1,\"x\":1}")
            _ = try await check("POST", all, as: all, 400, json: "[]")
            _ = try await check("POST", all, as: all, 400, json: "{")
            _ = try await check("POST", all, as: all, 413, json: String(repeating: " ", count: 70_000))
            let hook =
                "{\"client\":\"ann\",\"above\":1,\"channel\":\"webhook\",\"configuration\":{\"url\":\"https://example.org/\"}}"
            let webhook = try await check("POST", all, as: all, 201, json: hook)
            let secret = try #require(try webhook.json["secret"] as? String)
            #expect(secret.hasPrefix("whsec_"))
            let shown = try await check("GET", "\(all)/\(try webhook.id)", as: one, 200)
            #expect(!String(decoding: shown.body, as: UTF8.self).contains(secret))
            for url in ["http://example.org/", "https://127.0.0.1/", "https://[::1]/", "file:///etc/passwd"] {
                _ = try await check(
                    "POST", all, as: all, 422, json: hook.replacing("https://example.org/", with: url))
            }
            _ = try await check("GET", all, as: all, 200)
            _ = try await check("GET", "\(all)/\(id)", as: one, 200)
            _ = try await check("GET", "\(all)/nothing", as: one, 404)
            let changed = try await check(
                "PATCH", "\(all)/\(id)", as: one, 200, json: "{\"above\":20,\"name\":\"reds\",\"enabled\":false}")
            #expect(try changed.json["above"] as? Int == 20)
            #expect(try changed.json["name"] as? String == "reds")
            _ = try await check("PATCH", "\(all)/\(id)", as: one, 200, json: "{\"enabled\":true,\"name\":null}")
            _ = try await check("PATCH", "\(all)/\(id)", as: one, 422, json: "{\"above\":-1}")
            try await server.publish([30], client: "ann")
            try await server.waitForImages(1)
            _ = try await check("GET", "/v1/alerts/\(id)", as: "/v1/alerts/{subscription}", 200)
            _ = try await check("GET", "/v1/alerts/\(id)?before=0", as: "/v1/alerts/{subscription}", 400)
            _ = try await check("GET", "/v1/alerts?after=x", as: "/v1/alerts", 400)
            _ = try await check("GET", "/v1/me", as: "/v1/me", 200)
            for path in ["/", "/v1/me", "/metrics"] {
                _ = try await check("GET", path, as: path, 421, ["Host": "pages.example"])
            }
            let elsewhere = ["Origin": "https://pages.example"]
            _ = try await check("POST", all, as: all, 403, elsewhere, json: "{\"client\":\"ann\",\"above\":10}")
            _ = try await check("PATCH", "\(all)/\(id)", as: one, 403, elsewhere, json: "{\"above\":20}")
            _ = try await check("DELETE", "\(all)/\(id)", as: one, 403, elsewhere)
            let stats = "/v1/stats?from=2026-01-01&to=2027-01-01&above=0"
            _ = try await check("GET", "\(stats)&step=P1M", as: "/v1/stats", 200)
            _ = try await check("GET", "\(stats)&step=P1S", as: "/v1/stats", 400)
            _ = try await check("DELETE", "\(all)/\(id)", as: one, 204)
            _ = try await check("DELETE", "\(all)/\(id)", as: one, 404)
            for path in ["/", "/healthz", "/readyz", "/metrics", "/openapi.json"] {
                _ = try await check("GET", path, as: path, 200)
            }
            #expect(
                contract.operations == [
                    "DELETE /v1/subscriptions/{id}", "GET /", "GET /healthz", "GET /metrics", "GET /openapi.json",
                    "GET /readyz",
                    "GET /v1/alerts", "GET /v1/alerts/{subscription}", "GET /v1/me", "GET /v1/stats",
                    "GET /v1/subscriptions", "GET /v1/subscriptions/{id}", "PATCH /v1/subscriptions/{id}",
                    "POST /v1/subscriptions",
                ])
        }
    }
}

import Foundation
import HTTPTestSupport
import REDStats
import Testing

@testable import REDStatsService

/// Whose things a client sees: its own.
struct TenancyTests {
    private static func bearer(_ key: StatsKey) -> [String: String] { ["Authorization": "Bearer \(key.text)"] }

    /// Runs `body` beside a server with the keys of two clients, an administrator and one who may only read.
    private static func withKeys(
        _ body: @Sendable (StatsTestServer, [String: StatsKey]) async throws -> Void
    ) async throws {
        try await StatsTestServer.with {
            $0.asksForKeys = true
        } _: { server in
            var keys: [String: StatsKey] = [:]
            for (name, client, scopes) in [
                ("ann", "ann", ["read", "write"]), ("ben", "ben", ["read", "write"]), ("admin", "root", ["admin"]),
                ("reader", "ann", ["read"]),
            ] {
                let key = StatsKey()
                try await server.store.add(key.record(of: client, scopes: scopes))
                keys[name] = key
            }
            try await body(server, keys)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `Every route asks for a key, but those that say nothing of clients`() async throws {
        try await Self.withKeys { server, keys in
            let id = String(repeating: "a", count: 32)
            let routes = [
                ("GET", "/v1/stats?from=2026-01-01&to=2027-01-01&above=0"), ("GET", "/v1/me"),
                ("GET", "/v1/subscriptions"), ("POST", "/v1/subscriptions"), ("GET", "/v1/subscriptions/\(id)"),
                ("PATCH", "/v1/subscriptions/\(id)"), ("DELETE", "/v1/subscriptions/\(id)"), ("GET", "/v1/alerts"),
                ("GET", "/v1/alerts/\(id)"),
            ]
            let known = try #require(keys["ann"]).text
            for fields in [
                [:], ["X-Client": "ann"], ["Authorization": "Bearer \(StatsKey().text)"],
                ["Authorization": "Bearer \(known.dropLast())"], ["Authorization": "Basic \(known)"],
                ["Authorization": "Bearer "], ["Authorization": "Bearer \(known) x"],
            ] {
                for (method, path) in routes {
                    let json = method == "POST" || method == "PATCH" ? "{\"above\":1}" : nil
                    let answer = try await server.ask(method, path, fields, json: json)
                    #expect(answer.status == 401, "\(method) \(path) \(fields)")
                    #expect(answer.fields["www-authenticate"] == "Bearer")
                }
            }
            for path in ["/healthz", "/readyz", "/metrics", "/openapi.json"] {
                #expect(try await server.ask("GET", path).status == 200)
            }
            for path in ["//v1/me", "/v1//me", "/V1/me", "/v1/me/", "/v1/%6de", "/v1/../v1/me", "/v1/me%2f"] {
                let answer = try await server.ask("GET", path)
                #expect(answer.status == 404 || answer.status == 401, "\(path)")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `Another client's subscriptions and alerts are not there, and its pictures are not counted`() async throws {
        try await Self.withKeys { server, keys in
            let (ann, ben) = (Self.bearer(try #require(keys["ann"])), Self.bearer(try #require(keys["ben"])))
            let made = try await server.ask("POST", "/v1/subscriptions", ann, json: "{\"above\":0,\"name\":\"secret\"}")
            #expect(made.status == 201)
            let id = try made.id
            try await server.publish([5, 6], client: "ann")
            let count = "/v1/stats?from=2026-01-01&to=2027-01-01&above=0"
            while try await server.ask("GET", count, ann).json["images"] as? Int != 2 {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(try await server.ask("GET", count, ben).json["images"] as? Int == 0)
            for (method, path) in [
                ("GET", "/v1/subscriptions/\(id)"), ("PATCH", "/v1/subscriptions/\(id)"),
                ("DELETE", "/v1/subscriptions/\(id)"), ("GET", "/v1/alerts/\(id)"),
            ] {
                let answer = try await server.ask(method, path, ben, json: method == "PATCH" ? "{\"above\":1}" : nil)
                #expect(answer.status == 404, "\(method) \(path)")
                #expect(!String(decoding: answer.body, as: UTF8.self).contains("secret"))
            }
            for path in ["\(count)&client=ann", "/v1/subscriptions?client=ann", "/v1/alerts?client=ann"] {
                #expect(try await server.ask("GET", path, ben).status == 403, "\(path)")
            }
            let others = try await server.ask("GET", "/v1/subscriptions", ben)
            #expect(String(decoding: others.body, as: UTF8.self) == "{\"subscriptions\":[],\"next\":null}\n")
            let forAnn = try await server.ask(
                "POST", "/v1/subscriptions", ben, json: "{\"above\":0,\"client\":\"ann\"}")
            #expect(forAnn.status == 403)
            let admin = Self.bearer(try #require(keys["admin"]))
            #expect(try await server.ask("GET", "\(count)&client=ann", admin).json["images"] as? Int == 2)
            #expect(try await server.ask("GET", "/v1/subscriptions/\(id)", admin).status == 200)
            #expect(try await server.ask("GET", "/v1/subscriptions/\(id)", ann).status == 200)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `A key is for what its scopes say, and a revoked one for nothing`() async throws {
        try await Self.withKeys { server, keys in
            let reader = Self.bearer(try #require(keys["reader"]))
            #expect(try await server.ask("GET", "/v1/subscriptions", reader).status == 200)
            let refused = try await server.ask("POST", "/v1/subscriptions", reader, json: "{\"above\":0}")
            #expect(refused.status == 403)
            #expect(try refused.detail.contains("'write'"))
            let key = StatsKey()
            let record = try key.record(of: "carl", scopes: ["read"])
            try await server.store.add(record)
            #expect(try await server.store.revokeKey(record.id, of: nil))
            #expect(try await server.ask("GET", "/v1/me", Self.bearer(key)).status == 401)
        }
    }
}

import EventBroker
import Foundation
import HTTPTestSupport
import REDStats
import TestSupport
import Testing

@testable import REDStatsService

/// What `red-stats` answers.
struct APITests {
    @Test(.timeLimit(.minutes(5)))
    func `Events from the broker are counted, each once, by interval and value`() async throws {
        try await StatsTestServer.with { server in
            try await server.publish([100, 200, 300, 400], client: "ann")
            try await server.publish([100, 200, 300, 400], client: "ann")
            try await server.publish([500], client: "ben")
            try await server.waitForImages(5)
            let base = "/v1/stats?from=2026-11-25T10:00:00Z&to=2026-11-25T10:03:00Z"
            let counted = try await server.ask("GET", "\(base)&above=200&step=PT1M&client=ann")
            #expect(
                String(decoding: counted.body, as: UTF8.self)
                    == """
                    {"from":"2026-11-25T10:00:00.000Z","to":"2026-11-25T10:03:00.000Z","above":200,"images":3,\
                    "imagesAbove":1,"buckets":[{"from":"2026-11-25T10:00:00.000Z","images":1,"imagesAbove":0},\
                    {"from":"2026-11-25T10:01:00.000Z","images":1,"imagesAbove":0},\
                    {"from":"2026-11-25T10:02:00.000Z","images":1,"imagesAbove":1}]}

                    """)
            #expect(try await server.ask("GET", "\(base)&above=199").json["images"] as? Int == 4)
            #expect(try await server.ask("GET", "\(base)&above=199", ["X-Client": "ben"]).json["images"] as? Int == 1)
            let metrics = try await server.ask("GET", "/metrics")
            let text = String(decoding: metrics.body, as: UTF8.self)
            #expect(text.contains("\nred_stats_events_total 5\n"))
            #expect(text.contains("\nred_stats_duplicates_total 4\n"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `What is no event becomes a dead letter, and the rest is counted`() async throws {
        try await StatsTestServer.with { server in
            let bad = BrokerMessage(id: "bad", key: "ann", body: Array("{\"type\":\"other\"}".utf8))
            try await server.broker.publish([bad], to: StatsTopics.measured)
            try await server.publish([1], client: "ann")
            try await server.waitForImages(1)
            let letters = try await server.broker.deadLetters(
                of: StatsTopics.measured, group: server.configuration.group)
            while try await letters.count() == 0 { try await Task.sleep(for: .milliseconds(10)) }
            let letter = try #require(try await letters.list(limit: 10).first)
            #expect(letter.message.id == "bad")
            #expect(letter.reason.hasPrefix("not an event 'hoofprint.red.measured.v1'"))
        }
    }

    @Test(arguments: [
        ("/v1/stats?from=2026-01-01&to=2026-02-01", "'above': it is missing"),
        ("/v1/stats?from=2026-01-01&to=2026-02-01&above=1000001", "'above': it is no number of 0 to 1000000"),
        ("/v1/stats?from=2026-01-01&to=2026-02-01&above=-1", "'above'"), ("/v1/stats?to=2026-02-01&above=1", "'from'"),
        ("/v1/stats?from=yesterday&to=2026-02-01&above=1", "'from': it is no moment"),
        ("/v1/stats?from=2026-02-01&to=2026-02-01&above=1", "'to'"),
        ("/v1/stats?from=2026-01-01&to=2026-02-01&above=1&step=P1S", "'step'"),
        ("/v1/stats?from=1970-01-01&to=2026-02-01&above=1&step=PT1M", "'step'"),
        ("/v1/stats?from=2026-01-01&to=2026-02-01&above=1&abve=2", "'abve': there is no such one"),
        ("/v1/stats?from=2026-01-01&to=2026-02-01&above=1&above=2", "'above': it is given twice"),
        ("/v1/subscriptions?limit=0", "'limit'"), ("/v1/alerts?after=x", "'after'"), ("/healthz?x=1", "'x'"),
        ("/v1/subscriptions?after=%00", "'after': it is no subscription's id"), ("/v1/me?x=1", "'x'"),
        ("/v1/subscriptions/0123456789abcdef0123456789abcdef?x=1", "'x'"),
        ("/v1/alerts?after=1000000000000000000", "'after'"),
    ])
    func `A question that cannot be asked is refused, and the parameter named`(
        _ path: String, _ detail: String
    ) async throws {
        try await StatsTestServer.with { server in
            let answer = try await server.ask("GET", path)
            #expect(answer.status == 400)
            let said = try answer.detail
            #expect(said.contains(detail), "\(said)")
        }
    }

    @Test func `What a request says of itself is looked at, also where it is of no consequence`() async throws {
        try await StatsTestServer.with { server in
            let path = "/v1/subscriptions/0123456789abcdef0123456789abcdef"
            for (method, json) in [("PATCH", "{}"), ("DELETE", nil)] {
                let answer = try await server.ask(method, "\(path)?x=1", json: json)
                #expect(answer.status == 400, "\(method)")
                #expect(try answer.detail.contains("'x': there are no parameters here"))
            }
            let made = try await server.ask("POST", "/v1/subscriptions?client=ann", json: "{\"above\":1}")
            #expect(made.status == 400)
            for fields in [["Last-Event-ID": "+1"], ["Last-Event-ID": "x"], ["Last-Event-ID": ""]] {
                #expect(try await server.ask("GET", "/v1/alerts", fields).status == 400, "\(fields)")
            }
            let both = try await server.ask("GET", "/v1/alerts?after=x", ["Last-Event-ID": "1"])
            #expect(both.status == 400)
        }
        try await StatsTestServer.with {
            $0.asksForKeys = true
        } _: { server in
            let key = StatsKey()
            try await server.store.add(key.record(of: "root", scopes: ["admin"]))
            let fields = ["Authorization": "Bearer \(key.text)"]
            #expect(try await server.ask("GET", "/v1/me", fields).status == 200)
            for name in ["", String(repeating: "a", count: 257)] {
                let answer = try await server.ask("GET", "/v1/me", fields.merging(["X-Client": name]) { $1 })
                #expect(answer.status == 400, "\(name)")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `Alerts are streamed as they are made, and again after the one that was seen last`() async throws {
        // The streams end with the server.
        let streams = try await StatsTestServer.with { server in
            let made = try await server.ask("POST", "/v1/subscriptions", ["X-Client": "ann"], json: "{\"above\":250}")
            #expect(made.status == 201)
            let path = try #require(made.fields["location"])
            let streams = [
                ("/v1/alerts", ["X-Client": "ann", "Last-Event-ID": "0"]), ("/v1/alerts?after=0", ["X-Client": "ben"]),
                ("/v1/alerts", ["Last-Event-ID": "0"]), ("/v1/alerts?after=1", [:]),
            ].map { path, fields in Task { try await server.client.request("GET", path, fields) } }
            try await server.publish([200, 250, 300, 400], client: "ann")
            try await server.publish([300], client: "ben")
            try await server.waitForImages(5)
            let history = try await server.ask("GET", path.replacing("subscriptions", with: "alerts") + "?limit=1")
            let text = String(decoding: history.body, as: UTF8.self)
            #expect(text.contains("\"red\":400"))
            #expect(text.contains("\"next\":2"))
            // Until all four are there: a stream that is asked for after the end is none.
            let open = "red_stats_requests_total{route=\"GET /v1/alerts\",status=\"200\"} 4"
            while !String(decoding: try await server.ask("GET", "/metrics").body, as: UTF8.self).contains(open) {
                try await Task.sleep(for: .milliseconds(10))
            }
            return streams
        }
        var bodies: [String] = []
        for stream in streams {
            bodies.append(String(decoding: try #require(try await stream.value).body, as: UTF8.self))
        }
        for (body, ids) in zip(bodies, [[1, 2], [], [1, 2], [2]]) {
            #expect((1...2).filter { body.contains("id: \($0)\nevent: alert\ndata: {") } == ids, "\(body)")
        }
        #expect(bodies[2].contains("\"above\":250,\"red\":300"))
    }

    @Test func `The page is served with what keeps others' scripts out, and once for a browser that has it`()
        async throws
    {
        try await StatsTestServer.with { server in
            let page = try await server.ask("GET", "/")
            #expect(page.status == 200)
            #expect(page.fields["content-type"] == "text/html; charset=utf-8")
            #expect(page.fields["content-security-policy"]?.hasPrefix("default-src 'none'; script-src 'self'") == true)
            #expect(page.fields["x-content-type-options"] == "nosniff")
            let tag = try #require(page.fields["etag"])
            let again = try await server.ask("GET", "/", ["If-None-Match": tag])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            #expect(try await server.ask("GET", "/page/page.js").status == 200)
            #expect(try await server.ask("GET", "/page/none.js").status == 404)
            #expect(try await server.ask("POST", "/", json: "{}").status == 405)
        }
    }
}

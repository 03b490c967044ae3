import HTTPTestSupport
import Testing

@testable import RED

struct MetricsTests {
    @Test func `What was asked for is counted, by route and status`() async throws {
        try await TestServer.with { server in
            let picture = PNG.picture(width: 10, height: 5)
            _ = try await server.client.post(picture)
            _ = try await server.client.post(picture)
            _ = try await server.client.post([1])
            _ = try await server.client.request("GET", "/images/nothing")
            let answer = try #require(try await server.client.request("GET", "/metrics"))
            let lines = String(decoding: answer.body, as: UTF8.self).split(separator: "\n").map(String.init)
            for line in [
                "red_requests_total{route=\"POST /images\",status=\"201\"} 1",
                "red_requests_total{route=\"POST /images\",status=\"200\"} 1",
                "red_requests_total{route=\"POST /images\",status=\"415\"} 1",
                "red_requests_total{route=\"none\",status=\"404\"} 1",
                "red_request_duration_seconds_bucket{le=\"+Inf\"} 4", "red_request_duration_seconds_count 4",
                "red_pictures_total 2", "red_pixels_total 100", "red_picture_bytes_total \(2 * picture.count)",
                "red_uploads 0", "red_measuring_queue 0", "red_connections_total 5",
            ] {
                #expect(lines.contains(line), "\(line)")
            }
            // Every sample belongs to a family that is described.
            let families = Set(lines.filter { $0.hasPrefix("# TYPE") }.map { $0.split(separator: " ")[2] })
            for line in lines where !line.hasPrefix("#") {
                let name = line.prefix { $0 != " " && $0 != "{" }
                let family = ["_bucket", "_sum", "_count"].reduce(name) {
                    $0.hasSuffix($1) ? $0.dropLast($1.count) : $0
                }
                #expect(families.contains(family), "\(line)")
            }
        }
    }
}

import Foundation
import HTTPTestSupport
import Testing

@testable import RED

/// The document at `/openapi.json` against what the server answers.
struct OpenAPITests {
    @Test func `Every route's answers are as the document says, and it names no other statuses than problems`()
        async throws
    {
        try await TestServer.with {
            $0.maximumBytes = 10_000
        } _: { server in
            let document = try #require(try await server.client.request("GET", "/openapi.json"))
            let contract = try Contract(document.body)
            func check(
                _ method: String, _ path: String, as route: String, _ status: Int, _ fields: [String: String] = [:],
                body: [UInt8] = []
            ) async throws -> Answer {
                let answer = try #require(try await server.client.request(method, path, fields, body: body))
                #expect(answer.status == status, "\(method) \(path)")
                #expect(contract.faults(of: answer, to: method, route) == [], "\(method) \(path)")
                return answer
            }
            let picture = PNG.picture()
            let id = try await check("POST", "/images", as: "/images", 201, body: picture).id
            _ = try await check("POST", "/images", as: "/images", 200, body: picture)
            _ = try await check("POST", "/images", as: "/images", 415, body: [1])
            _ = try await check("POST", "/images", as: "/images", 422, body: Array(picture.dropLast(40)))
            _ = try await check("POST", "/images?quick=2", as: "/images", 400, body: picture)
            _ = try await check("POST", "/images", as: "/images", 413, body: [UInt8](repeating: 1, count: 10_001))
            _ = try await check("GET", "/images?limit=1", as: "/images", 200)
            _ = try await check("GET", "/images?limit=0", as: "/images", 400)
            _ = try await check("POST", "/red", as: "/red", 200, body: picture)
            _ = try await check("POST", "/red", as: "/red", 415, body: [1])
            _ = try await check("GET", "/images/\(id)", as: "/images/{id}", 200)
            _ = try await check("GET", "/images/\(id)", as: "/images/{id}", 206, ["Range": "bytes=0-3"])
            _ = try await check("GET", "/images/\(id)", as: "/images/{id}", 304, ["If-None-Match": "*"])
            _ = try await check("GET", "/images/\(id)", as: "/images/{id}", 416, ["Range": "bytes=9999-"])
            _ = try await check("DELETE", "/images/\(id)", as: "/images/{id}", 204)
            _ = try await check("DELETE", "/images/\(id)", as: "/images/{id}", 404)
            _ = try await check("GET", "/images/\(id)", as: "/images/{id}", 404)
            for path in ["/healthz", "/readyz", "/metrics", "/openapi.json"] {
                _ = try await check("GET", path, as: path, 200)
            }
            for (method, path) in [("GET", "/images"), ("GET", "/healthz"), ("POST", "/red")] {
                _ = try await check(method, path, as: path, 421, ["Host": "pages.example"])
            }
            let elsewhere = ["Origin": "https://pages.example"]
            _ = try await check("POST", "/images", as: "/images", 403, elsewhere, body: picture)
            // Every operation was asked for at least once with success above.
            #expect(
                contract.operations == [
                    "DELETE /images/{id}", "GET /healthz", "GET /images", "GET /images/{id}", "GET /metrics",
                    "GET /openapi.json", "GET /readyz", "POST /images", "POST /red",
                ])
        }
    }

    @Test func `An answer that is not as the document says is noticed`() throws {
        let contract = try Contract(Array(OpenAPI.document.utf8))
        let body = "{\"status\":\"unwell\",\"more\":1}"
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
        let answer = try #require(Answer(Array("\(head)\(body)".utf8)))
        #expect(contract.faults(of: answer, to: "GET", "/healthz").count == 2)
        let other = try #require(Answer(Array("HTTP/1.1 418 I'm a teapot\r\n\r\n".utf8)))
        #expect(contract.faults(of: other, to: "GET", "/healthz") == ["no such status"])
    }
}

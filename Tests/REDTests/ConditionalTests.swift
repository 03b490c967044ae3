import HTTPTestSupport
import Testing

@testable import RED

/// Conditional and partial `GET /images/{id}`, and `DELETE`.
struct ConditionalTests {
    private static let picture = PNG.picture(width: 400, height: 500, green: 17)

    @Test func `A client that has the picture is told so`() async throws {
        try await TestServer.with { server in
            let id = try #require(try await server.client.post(Self.picture)).id
            let whole = try #require(try await server.client.request("GET", "/images/\(id)"))
            let modified = try #require(whole.fields["last-modified"])
            let conditions: [([String: String], Int)] = [
                (["If-None-Match": "\"\(id)\""], 304), (["If-None-Match": "\"x\", W/\"\(id)\""], 304),
                (["If-None-Match": "*"], 304), (["If-None-Match": "\"x\""], 200),
                (["If-Modified-Since": modified], 304),
                (["If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"], 200),
                (["If-Modified-Since": "yesterday"], 200),
                // The tag goes before the date.
                (["If-None-Match": "\"x\"", "If-Modified-Since": modified], 200),
            ]
            for (fields, status) in conditions {
                for method in ["GET", "HEAD"] {
                    let answer = try #require(try await server.client.request(method, "/images/\(id)", fields))
                    #expect(answer.status == status, "\(fields)")
                    #expect(answer.fields["etag"] == "\"\(id)\"")
                    #expect(answer.body.isEmpty == (status == 304 || method == "HEAD"))
                }
            }
        }
    }

    @Test func `A part of a picture is sent`() async throws {
        try await TestServer.with { server in
            let id = try #require(try await server.client.post(Self.picture)).id
            let count = Self.picture.count
            for (range, expected) in [
                ("bytes=0-0", 0..<1), ("bytes=5-", 5..<count), ("bytes=-7", count - 7..<count),
                ("bytes=300000-300009", 300_000..<300_010), ("bytes=10-99999999999999999999", 10..<count),
                ("bytes=-99999999", 0..<count),
            ] {
                let answer = try #require(try await server.client.request("GET", "/images/\(id)", ["Range": range]))
                #expect(answer.status == 206)
                #expect(
                    answer.fields["content-range"]
                        == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(count)")
                #expect(answer.body == Array(Self.picture[expected]))
            }
        }
    }

    @Test func `A range that is not there is refused, one that is not understood is not followed`() async throws {
        try await TestServer.with { server in
            let id = try #require(try await server.client.post(Self.picture)).id
            for range in ["bytes=\(Self.picture.count)-", "bytes=-0"] {
                let answer = try #require(try await server.client.request("GET", "/images/\(id)", ["Range": range]))
                try expectProblem(answer, 416)
                #expect(answer.fields["content-range"] == "bytes */\(Self.picture.count)")
            }
            for range in ["bytes=0-1,5-6", "lines=1-2", "bytes=2-1", "bytes=", "bytes=a-b", "bytes=-", "0-1"] {
                let answer = try #require(try await server.client.request("GET", "/images/\(id)", ["Range": range]))
                #expect(answer.status == 200, "\(range)")
                #expect(answer.body.count == Self.picture.count)
            }
        }
    }

    @Test func `A range is followed only of the picture that the client means`() async throws {
        try await TestServer.with { server in
            let id = try #require(try await server.client.post(Self.picture)).id
            for (condition, status) in [("\"\(id)\"", 206), ("W/\"\(id)\"", 200), ("\"x\"", 200)] {
                let answer = try await server.client.request(
                    "GET", "/images/\(id)", ["Range": "bytes=0-3", "If-Range": condition])
                #expect(answer?.status == status)
            }
        }
    }

    @Test func `A removed picture is gone, and can be sent again`() async throws {
        try await TestServer.with { server in
            let id = try #require(try await server.client.post(Self.picture)).id
            let answer = try #require(try await server.client.request("DELETE", "/images/\(id)"))
            #expect(answer.status == 204)
            #expect(answer.body == [])
            #expect(server.folder.files == [])
            try expectProblem(try #require(try await server.client.request("GET", "/images/\(id)")), 404)
            try expectProblem(try #require(try await server.client.request("DELETE", "/images/\(id)")), 404)
            #expect(try await server.client.post(Self.picture)?.status == 201)
        }
    }
}

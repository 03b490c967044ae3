import HTTPTestSupport
import Testing

@testable import RED

struct GetImageTests {
    /// Longer than the pieces that pictures are read in.
    private static let picture = PNG.picture(width: 400, height: 500, green: 17)

    @Test func `A picture comes back as it was sent`() async throws {
        try await TestServer.with { server in
            let id = try #require(try await server.client.post(Self.picture)).id
            let answer = try #require(try await server.client.request("GET", "/images/\(id)"))
            #expect(answer.status == 200)
            #expect(answer.fields["content-type"] == "image/png")
            #expect(answer.fields["content-length"] == "\(Self.picture.count)")
            #expect(answer.fields["etag"] == "\"\(id)\"")
            #expect(answer.body == Self.picture)
        }
    }

    @Test func `HEAD answers as GET does, without the bytes`() async throws {
        try await TestServer.with { server in
            let id = try #require(try await server.client.post(Self.picture)).id
            let answer = try #require(try await server.client.request("HEAD", "/images/\(id)"))
            #expect(answer.status == 200)
            #expect(answer.fields["content-length"] == "\(Self.picture.count)")
            #expect(answer.fields["etag"] == "\"\(id)\"")
            #expect(answer.body == [])
        }
    }

    @Test func `The server says that it is well`() async throws {
        try await TestServer.with { server in
            let answer = try #require(try await server.client.request("GET", "/healthz"))
            #expect(answer.status == 200)
            #expect(try answer.json["status"] as? String == "ok")
            let head = try await server.client.request("HEAD", "/healthz")
            #expect(head?.body.isEmpty == true)
        }
    }
}

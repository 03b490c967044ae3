import Foundation
import HTTPTestSupport
import Testing
import WallClock

@testable import RED

/// `GET /images`.
struct ListTests {
    private struct Page: Decodable {
        struct Image: Decodable {
            let id: String
            let client: String
            let received: String
            let bytes: Int
            let red: Int
        }

        let images: [Image]
    }

    private func page(_ answer: Answer) throws -> [Page.Image] {
        #expect(answer.status == 200)
        return try JSONDecoder().decode(Page.self, from: Data(answer.body)).images
    }

    /// The path of the next page, from the `Link` field.
    private func next(_ answer: Answer) -> String? {
        guard let link = answer.fields["link"], link.hasSuffix(">; rel=\"next\"") else { return nil }
        return String(link.dropFirst().dropLast(">; rel=\"next\"".count))
    }

    @Test func `Pages hold every picture once, the latest first`() async throws {
        try await TestServer.with { server in
            var sent: [String] = []
            for width in 1...7 {
                sent.append(try #require(try await server.client.post(PNG.picture(width: width))).id)
            }
            var path: String? = "/images?limit=3"
            var listed: [String] = []
            var pages = 0
            while let current = path {
                let answer = try #require(try await server.client.request("GET", current))
                listed += try page(answer).map(\.id)
                path = next(answer)
                pages += 1
            }
            #expect(listed == sent.reversed())
            #expect(pages == 3)
        }
    }

    @Test func `Records tell who sent what when, and the measurement`() async throws {
        try await TestServer.with { server in
            let picture = PNG.picture()
            let before = Timestamp.now
            let id = try #require(try await server.client.post(picture)).id
            let answer = try #require(try await server.client.request("GET", "/images"))
            let image = try #require(try page(answer).first)
            #expect(image.id == id)
            #expect(image.client == "anonymous")
            #expect(image.bytes == picture.count)
            #expect(image.red == 1_000_000)
            let received = try #require(Timestamp(image.received))
            #expect(before <= received && received <= .now)
        }
    }

    @Test func `Redness and time choose among the records`() async throws {
        try await TestServer.with { server in
            let red = try #require(try await server.client.post(PNG.picture())).id
            let black = try #require(try await server.client.post(PNG.picture(red: 0))).id
            for (query, expected) in [
                ("min_red=1", [red]), ("min_red=1000000", [red]), ("min_red=0", [black, red]),
                ("from=2001-01-01", [black, red]), ("from=2999-01-01T00:00:00Z", []), ("to=2001-01-01", []),
                ("to=2999-01-01T00:00:00%2B01:00", [black, red]), ("client=anonymous", [black, red]),
            ] {
                let answer = try #require(try await server.client.request("GET", "/images?\(query)"))
                #expect(try page(answer).map(\.id) == expected, "\(query)")
            }
        }
    }

    @Test(arguments: [
        "limit=0", "limit=1001", "limit=x", "min_red=-1", "min_red=1000001", "from=tomorrow", "to=1994-13-01",
        "cursor=x", "cursor=\(String(repeating: "-", count: 32))", "colour=red",
    ])
    func `A wrong query is refused, and named`(_ query: String) async throws {
        try await TestServer.with { server in
            let answer = try #require(try await server.client.request("GET", "/images?\(query)"))
            try expectProblem(answer, 400)
            #expect(try answer.detail.contains(query.prefix { $0 != "=" }))
        }
    }
}

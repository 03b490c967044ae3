import Foundation
import HTTPTestSupport
import TestSupport
import Testing

@testable import RED

struct PostImageTests {
    @Test func `A new picture is answered with 201, its place and its measurement`() async throws {
        let picture = PNG.picture(width: 5, height: 7)
        try await TestServer.with { server in
            let answer = try #require(try await server.client.post(picture))
            #expect(answer.status == 201)
            #expect(answer.fields["content-type"] == "application/json")
            #expect(try answer.id.count == 64)
            #expect(answer.fields["location"] == "/images/\(try answer.id)")
            let members = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
            #expect(
                Set(members.keys) == [
                    "id", "red", "redPixels", "pixels", "width", "height", "format", "meanRed", "meanGreen", "meanBlue",
                    "hueSectors", "redBox", "orientation", "isApproximate",
                ])
            #expect(try answer.json["width"] as? Int == 5)
            #expect(try answer.json["height"] as? Int == 7)
            #expect(try answer.json["pixels"] as? Int == 35)
            #expect(try answer.json["format"] as? String == "png")
            let id = try answer.id
            #expect(server.folder.files == ["\(id.prefix(2))/\(id).png"])
        }
    }

    @Test(arguments: [(UInt8(255), 1_000_000, 12), (0, 0, 0)])
    func `Red is answered in parts per million, as an integer`(_ red: UInt8, _ millionths: Int, _ pixels: Int)
        async throws
    {
        try await TestServer.with { server in
            let answer = try #require(try await server.client.post(PNG.picture(red: red)))
            #expect(try answer.json["red"] as? Int == millionths)
            #expect(try answer.json["redPixels"] as? Int == pixels)
        }
    }

    @Test func `The id is the SHA-256 of the bytes`() async throws {
        try await TestServer.with { server in
            let answer = try #require(try await server.client.post(PNG.picture()))
            let kept = try Data(contentsOf: server.folder.url.appendingPathComponent(server.folder.files[0]))
            #expect([UInt8](kept) == PNG.picture())
            #expect(server.folder.files[0].contains(try answer.id))
        }
    }

    @Test func `The same picture again is answered with 200 and the same JSON`() async throws {
        try await TestServer.with { server in
            let first = try #require(try await server.client.post(PNG.picture()))
            let second = try #require(try await server.client.post(PNG.picture()))
            #expect(first.status == 201)
            #expect(second.status == 200)
            #expect(first.body == second.body)
            #expect(server.folder.files.count == 1)
        }
    }

    @Test func `A picture arrives whole however it is cut into chunks`() async throws {
        let picture = PNG.picture(width: 300, height: 200)
        try await TestServer.with { server in
            for size in [1_000, 65_536, picture.count] {
                let chunks = stride(from: 0, to: picture.count, by: size).map {
                    Array(picture[$0..<min($0 + size, picture.count)])
                }
                let answer = try #require(try await server.client.post(chunks: chunks))
                #expect(answer.status == (size == 1_000 ? 201 : 200))
            }
            #expect(server.folder.files.count == 1)
        }
    }

    @Test func `A form's file is the same picture as the file itself`() async throws {
        try await TestServer.with { server in
            let plain = try #require(try await server.client.post(PNG.picture()))
            let form =
                Form.text("title", "a cat") + Form.file(PNG.picture()) + Form.file(PNG.picture(width: 9)) + Form.end
            let answer = try #require(try await server.client.post(form, type: Form.type))
            #expect(answer.status == 200)
            #expect(answer.body == plain.body)
            #expect(server.folder.files.count == 1)
        }
    }

    @Test func `Fifty pictures at once, ten of each, are kept once each`() async throws {
        try await TestServer.with { server in
            let answers = try await withThrowingTaskGroup(of: Answer?.self) { group in
                for number in 0..<50 {
                    group.addTask { try await server.client.post(PNG.picture(width: 20 + number % 5, height: 50)) }
                }
                return try await group.reduce(into: [Answer?]()) { $0.append($1) }
            }
            let statuses = answers.compactMap { $0?.status }
            #expect(statuses.count { $0 == 201 } == 5)
            #expect(statuses.count { $0 == 200 } == 45)
            #expect(server.folder.files.count == 5)
        }
    }

    @Test func `A connection is used further after a refused picture`() async throws {
        try await TestServer.with { server in
            let bad = Array("nothing to see".utf8)
            let first = Exchange.head(
                "POST", "/images", ["Content-Length": "\(bad.count)", "Connection": "keep-alive"])
            let bytes = try #require(try await server.client.send([first + bad + Exchange.head("GET", "/healthz")]))
            #expect(bytes.status == 415)
            #expect(String(decoding: bytes.body, as: UTF8.self).contains("HTTP/1.1 200 OK"))
        }
    }

    @Test func `A client that asks first is told to go on`() async throws {
        try await TestServer.with { server in
            let picture = PNG.picture()
            let head = Exchange.head(
                "POST", "/images", ["Content-Length": "\(picture.count)", "Expect": "100-continue"])
            let answer = try await server.client.send([head, picture], onContinue: {})
            #expect(answer?.status == 201)
            // A refusal comes without the invitation.
            let refused = Exchange.head(
                "POST", "/images",
                ["Content-Length": "\(picture.count)", "Expect": "100-continue", "Content-Digest": "sha-256"])
            let problem = try #require(try await server.client.send([refused]))
            #expect(problem.status == 400)
            #expect(!problem.wasInterim)
        }
    }
}

/// The pieces of a multipart/form-data body.
enum Form {
    static let boundary = "----a boundary/1"
    static let type = "multipart/form-data; boundary=\"\(boundary)\""
    static let end = Array("--\(boundary)--\r\n".utf8)

    static func text(_ name: String, _ value: String) -> [UInt8] {
        part("Content-Disposition: form-data; name=\"\(name)\"", Array(value.utf8))
    }

    static func file(_ content: [UInt8]) -> [UInt8] {
        part("content-disposition: form-data; name=\"f\"; filename=\"a; b.png\"\r\nContent-Type: image/png", content)
    }

    static func part(_ header: String, _ content: [UInt8]) -> [UInt8] {
        Array("--\(boundary)\r\n\(header)\r\n\r\n".utf8) + content + Array("\r\n".utf8)
    }
}

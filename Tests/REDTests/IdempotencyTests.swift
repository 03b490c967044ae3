import Crypto
import Foundation
import HTTPTestSupport
import Testing

@testable import RED

/// `Idempotency-Key` and `Content-Digest`.
struct IdempotencyTests {
    private static let key = ["Idempotency-Key": "\"k-1\""]

    @Test func `The same key and picture are answered the same, other pictures are refused`() async throws {
        try await TestServer.with { server in
            let first = try #require(try await server.client.request("POST", "/images", Self.key, body: PNG.picture()))
            #expect(first.status == 201)
            let again = try #require(
                try await server.client.request("POST", "/images", ["Idempotency-Key": "k-1"], body: PNG.picture()))
            #expect(again.status == 201)
            #expect(again.body == first.body)
            #expect(again.fields["location"] == first.fields["location"])
            let other = try #require(
                try await server.client.request("POST", "/images", Self.key, body: PNG.picture(width: 9)))
            try expectProblem(other, 422)
            #expect(server.folder.files.count == 1)
            let quick = try await server.client.request("POST", "/images?quick=1", Self.key, body: PNG.picture())
            #expect(quick?.status == 422)
            let unkeyed = try await server.client.post(PNG.picture())
            #expect(unkeyed?.status == 200)
        }
    }

    @Test func `A refused upload does not use its key up`() async throws {
        try await TestServer.with { server in
            let refused = try await server.client.request("POST", "/images", Self.key, body: [1, 2, 3])
            #expect(refused?.status == 415)
            let kept = try await server.client.request("POST", "/images", Self.key, body: PNG.picture())
            #expect(kept?.status == 201)
        }
    }

    @Test func `A second upload of a key that is in flight is told to wait`() async throws {
        try await TestServer.with { server in
            let picture = PNG.picture()
            let head = Exchange.head(
                "POST", "/images",
                ["Content-Length": "\(picture.count)", "Expect": "100-continue", "Idempotency-Key": "k"])
            let first = try await server.client.send([head, picture]) {
                #expect(throws: Never.self) {
                    let second = try server.client.sendBlocking([head, picture])
                    #expect(second?.status == 409)
                    #expect(second?.fields["retry-after"] == "1")
                }
            }
            #expect(first?.status == 201)
        }
    }

    @Test(arguments: ["", "\"\"", "a b", String(repeating: "a", count: 256), "\"a\"b\"", "ä"])
    func `What is no key is refused`(_ key: String) async throws {
        try await TestServer.with { server in
            let answer = try await server.client.request(
                "POST", "/images", ["Idempotency-Key": key], body: PNG.picture())
            try expectProblem(try #require(answer), 400)
        }
    }

    @Test func `A digest that the content has is accepted, another one is refused`() async throws {
        let picture = PNG.picture()
        let sha256 = Data(SHA256.hash(data: picture)).base64EncodedString()
        let sha512 = Data(SHA512.hash(data: picture)).base64EncodedString()
        let wrong = Data(SHA256.hash(data: [1])).base64EncodedString()
        let cases: [(String, Int)] = [
            ("sha-256=:\(sha256):", 200), ("sha-512=:\(sha512):", 200),
            ("sha-512=:\(sha512):, sha-256=:\(sha256):", 200),
            ("sha-256=:\(wrong):", 400), ("sha-512=:\(sha512):, sha-256=:\(wrong):", 400), ("md5=:AAAA:", 200),
            ("sha-256=\(sha256)", 400), ("sha-256=:\(sha512):", 400), ("sha-256=:\(sha256.dropLast()):", 400),
            ("sha-256", 400), ("sha-256=:AA==A:", 400),
        ]
        try await TestServer.with { server in
            #expect(try await server.client.post(picture)?.status == 201)
            for path in ["/images", "/red"] {
                for (digest, status) in cases {
                    let answer = try await server.client.request(
                        "POST", path, ["Content-Digest": digest], body: picture)
                    #expect(answer?.status == status, "\(digest)")
                }
            }
        }
    }

    @Test func `A form's digest is that of the form`() async throws {
        let form = Form.file(PNG.picture()) + Form.end
        let digest = Data(SHA256.hash(data: form)).base64EncodedString()
        try await TestServer.with { server in
            let fields = ["Content-Type": Form.type, "Content-Digest": "sha-256=:\(digest):"]
            let answer = try await server.client.request("POST", "/images", fields, body: form)
            #expect(answer?.status == 201)
        }
    }

    @Test(arguments: 0...70)
    func `Base 64 is read as Foundation writes it`(_ count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 7) }
        #expect(Base64.decode(Data(bytes).base64EncodedString()) == bytes)
    }

    @Test(arguments: ["A", "AA", "AAA", "AA=A", "====", "AB==", "AA-_", "A A=", "AA==AA=="])
    func `What is not Base 64 is not read`(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }
}

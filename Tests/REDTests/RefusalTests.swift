import Foundation
import HTTPService
import HTTPTestSupport
import HTTPTypes
import TestSupport
import Testing

@testable import RED
@testable import Redness

struct RefusalTests {
    /// A body that is refused, with which status, and what the detail names.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let status: Int
        let detail: String
        let body: [UInt8]
        var type = "image/png"

        var testDescription: String { name }

        static let all = [
            Case(name: "nothing", status: 400, detail: "empty", body: []),
            Case(name: "text", status: 415, detail: "", body: Array("hello, this is no picture".utf8)),
            Case(name: "half a PNG", status: 422, detail: "", body: Array(PNG.picture(width: 99).prefix(900))),
            Case(name: "a PNG's signature", status: 422, detail: "", body: Array(PNG.picture().prefix(8))),
            Case(name: "a damaged PNG", status: 422, detail: "", body: damaged),
            Case(name: "a PNG too wide", status: 422, detail: "70000", body: tooWide),
            Case(name: "too long", status: 413, detail: "100000", body: PNG.picture(width: 250, height: 150)),
            Case(
                name: "a form without a boundary", status: 400, detail: "boundary", body: [1],
                type: "multipart/form-data"),
            Case(
                name: "another multipart", status: 415, detail: "form-data", body: [1],
                type: "multipart/mixed; boundary=a"),
            Case(
                name: "a form without a file", status: 400, detail: "file", body: Form.text("a", "b") + Form.end,
                type: Form.type),
            Case(
                name: "a form without an end", status: 400, detail: "ends before",
                body: Form.file(PNG.picture()).dropLast(2), type: Form.type),
            Case(
                name: "a form's empty file", status: 400, detail: "empty", body: Form.file([]) + Form.end,
                type: Form.type),
            Case(name: "no form at all", status: 400, detail: "multipart", body: PNG.picture(), type: Form.type),
        ]

        private static let damaged: [UInt8] = {
            var bytes = PNG.picture(width: 40, height: 40)
            for index in 45..<200 { bytes[index] ^= 0x5a }
            return bytes
        }()

        private static let tooWide: [UInt8] = PNG.picture(width: 70_000, height: 1)
    }

    @Test(arguments: Case.all)
    func `What is no acceptable picture is refused, and nothing is kept`(_ refused: Case) async throws {
        try await TestServer.with {
            $0.maximumBytes = refused.name == "a PNG too wide" ? 1 << 20 : 100_000
        } _: { server in
            let answer = try #require(try await server.client.post(refused.body, type: refused.type))
            try expectProblem(answer, refused.status)
            #expect(try refused.detail.isEmpty || answer.detail.contains(refused.detail))
            #expect(server.folder.files == [])
        }
    }

    @Test func `A body without a length is refused once it is too long`() async throws {
        try await TestServer.with {
            $0.maximumBytes = 100_000
        } _: { server in
            let chunks = Array(repeating: [UInt8](repeating: 0x89, count: 50_000), count: 40)
            let answer = try #require(try await server.client.post(chunks: chunks))
            try expectProblem(answer, 413)
            #expect(answer.fields["connection"] == "close")
            #expect(server.folder.files == [])
        }
    }

    @Test(arguments: [[:], ["Expect": "100-continue"]])
    func `A length over the limit is refused before the body comes`(_ fields: [String: String]) async throws {
        try await TestServer.with {
            $0.maximumBytes = 100_000
        } _: { server in
            let head = Exchange.head("POST", "/images", fields.merging(["Content-Length": "100001"]) { $1 })
            let answer = try #require(try await server.client.send([head]))
            try expectProblem(answer, 413)
            #expect(!answer.wasInterim)
        }
    }

    @Test(arguments: [true, false])
    func `Nothing is kept of a client that hangs up`(_ saysLength: Bool) async throws {
        let picture = PNG.picture(width: 50, height: 50)
        let folder = try await TestServer.with { server in
            if saysLength {
                let head = Exchange.head("POST", "/images", ["Content-Length": "\(picture.count + 1)"])
                let answer = try await server.client.send([head, picture], hangsUp: true)
                #expect(answer.map { $0.status == 400 } ?? true)
            } else {
                let answer = try await server.client.post(chunks: [picture], isEnded: false)
                #expect(answer.map { $0.status == 400 } ?? true)
            }
            return server.folder
        }
        #expect(folder.files == [])
    }

    @Test func `A client that falls silent loses its connection, and nothing is kept`() async throws {
        let folder = try await TestServer.with {
            $0.idleSeconds = 1
        } _: { server in
            let head = Exchange.head("POST", "/images", ["Content-Length": "1000"])
            let answer = try await server.client.send([head, [1, 2, 3]])
            #expect(answer?.status == 408)
            return server.folder
        }
        #expect(folder.files == [])
    }

    @Test func `Beyond the uploads in flight a client is told to come again`() async throws {
        try await TestServer.with {
            $0.maximumUploads = 0
        } _: { server in
            let answer = try #require(try await server.client.post(PNG.picture()))
            try expectProblem(answer, 503)
            #expect(answer.fields["retry-after"] == "1")
        }
    }

    @Test func `A store that is gone is told with 503, and not where it was`() async throws {
        try await TestServer.with { server in
            try FileManager.default.removeItem(at: server.folder.url)
            let answer = try #require(try await server.client.post(PNG.picture()))
            try expectProblem(answer, 503)
            #expect(try !answer.detail.contains(server.folder.url.path))
        }
    }

    @Test func `HEAD is refused without a body`() async throws {
        try await TestServer.with { server in
            let answer = try #require(try await server.client.request("HEAD", "/nowhere"))
            #expect(answer.status == 404)
            #expect(answer.body == [])
        }
    }

    @Test(arguments: [
        ("GET", "/"), ("GET", "/image"), ("POST", "/images/"), ("GET", "/images/../../etc/passwd"),
        ("GET", "/images/%2e%2e%2fetc%2fpasswd"), ("GET", "/images/" + String(repeating: "A", count: 64)),
        ("GET", "/images/" + String(repeating: "a", count: 63)),
        ("GET", "/images/" + String(repeating: "a", count: 65)),
        ("GET", "/images/" + String(repeating: "a", count: 64)), ("GET", "/images/incoming"),
        ("GET", "/images/" + String(repeating: "a", count: 63) + "/"),
    ])
    func `Unknown paths and ids are answered with 404`(_ method: String, _ path: String) async throws {
        try await TestServer.with { server in
            try expectProblem(try #require(try await server.client.request(method, path)), 404)
        }
    }

    @Test(arguments: [
        ("PUT", "/images", "GET, HEAD, POST"), ("GET", "/red", "POST"), ("DELETE", "/healthz", "GET, HEAD"),
        ("PUT", "/images/" + String(repeating: "a", count: 64), "GET, HEAD, DELETE"),
    ])
    func `Other methods are answered with 405 and those that are taken`(
        _ method: String, _ path: String, _ allowed: String
    ) async throws {
        try await TestServer.with { server in
            let answer = try #require(try await server.client.request(method, path))
            try expectProblem(answer, 405)
            #expect(answer.fields["allow"] == allowed)
        }
    }

    @Test(arguments: [
        (PictureError.empty, 400), (.unknownFormat("w"), 415), (.truncated("w"), 422), (.damaged("w"), 422),
        (.tooLarge("w"), 422), (.unreadable("w"), 500),
    ])
    func `Each way a picture can be bad has its status`(_ error: PictureError, _ status: Int) {
        #expect(Problem(error).status.code == status)
    }

    @Test(arguments: [(ENOSPC, 507), (EDQUOT, 507), (EACCES, 503), (EROFS, 503)])
    func `A store that is full is told from one that fails`(_ code: Int32, _ status: Int) {
        let problem = Problem(StoreError(action: "write", path: "/secret/place", code: code))
        #expect(problem.status.code == status)
        #expect(!problem.detail.contains("secret"))
    }
}

/// Expects a problem of RFC 9457 with all its members.
func expectProblem(_ answer: Answer, _ status: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(answer.status == status, sourceLocation: sourceLocation)
    #expect(answer.fields["content-type"] == "application/problem+json", sourceLocation: sourceLocation)
    let json = try answer.json
    #expect(Set(json.keys) == ["type", "title", "status", "detail"], sourceLocation: sourceLocation)
    #expect(json["status"] as? Int == status, sourceLocation: sourceLocation)
    #expect(try !answer.detail.isEmpty, sourceLocation: sourceLocation)
}

import Crypto
import Foundation
import HTTPService
import HTTPTestSupport
import TestSupport
import Testing

@testable import RED

/// Keys and rates.
struct ClientTests {
    private static let ring = """
        # two people and a programme
        ann \(hash("ann's key"))
        ben\t\(hash("ben's key").uppercased())

        audit \(hash("the auditor's key")) reads-all\r
        """

    private static func hash(_ key: String) -> String {
        Hexadecimal.text(SHA256.hash(data: Data(key.utf8)))
    }

    private static func bearer(_ key: String) -> [String: String] {
        ["Authorization": "Bearer \(Data(key.utf8).base64EncodedString())"]
    }

    @Test func `A key is its client's, and no other text is anybody's`() throws {
        let ring = try KeyRing(Self.ring, path: "keys")
        #expect(ring.client(withKey: "ann's key") == Client(name: "ann", readsAll: false))
        #expect(ring.client(withKey: "ben's key") == Client(name: "ben", readsAll: false))
        #expect(ring.client(withKey: "the auditor's key") == Client(name: "audit", readsAll: true))
        for key in ["", "ann", "ann's key ", Self.hash("ann's key")] { #expect(ring.client(withKey: key) == nil) }
    }

    @Test(arguments: [
        ("", "it holds no key"), ("# nobody", "it holds no key"), ("ann", "line 1"), ("\nann abc", "line 2"),
        ("a/b \(hash("k"))", "a name is"), ("ann \(hash("k")) writes", "line 1"),
        ("ann \(hash("k")) reads-all x", "line 1"),
    ])
    func `A file of keys that is wrong is refused, and the line named`(_ text: String, _ part: String) {
        let error = #expect(throws: KeyFileError.self) { try KeyRing(text, path: "keys") }
        #expect(error?.description.contains(part) == true)
        #expect(error?.description.hasPrefix("cannot use the keys in 'keys'") == true)
    }

    @Test func `A file of keys that is not there is refused, and named`() {
        let error = #expect(throws: KeyFileError.self) { try KeyRing(file: "/nowhere/keys") }
        #expect(error?.description == "cannot use the keys in '/nowhere/keys': No such file or directory")
    }

    @Test func `Clients see and remove what is theirs`() async throws {
        let names = ["ann", "ben", "audit"]
        let lines = names.map { name in
            let token = Self.bearer(name)["Authorization"]?.split(separator: " ").last.map(String.init) ?? ""
            return "\(name) \(Self.hash(token))\(name == "audit" ? " reads-all" : "")"
        }
        let ring = try KeyRing(lines.joined(separator: "\n"), path: "keys")
        try await TestServer.with {
            $0.keys = ring
        } _: { server in
            func ask(_ method: String, _ path: String, _ name: String, body: [UInt8] = []) async throws -> Answer {
                try #require(try await server.client.request(method, path, Self.bearer(name), body: body))
            }
            let id = try await ask("POST", "/images", "ann", body: PNG.picture()).id
            #expect(try await ask("GET", "/images/\(id)", "ann").status == 200)
            #expect(try await ask("GET", "/images/\(id)", "ben").status == 404)
            #expect(try await ask("GET", "/images/\(id)", "audit").status == 200)
            #expect(try await ask("DELETE", "/images/\(id)", "ben").status == 404)
            #expect(try await ask("DELETE", "/images/\(id)", "audit").status == 404)
            #expect(try await ask("POST", "/images", "ben", body: PNG.picture()).status == 201)
            #expect(try await ask("POST", "/images", "ben", body: PNG.picture()).status == 200)
            #expect(server.folder.files.count == 1)
            for (name, query, count) in [
                ("ann", "", 1), ("ann", "?client=ann", 1), ("audit", "", 2), ("audit", "?client=ben", 1),
                ("audit", "?client=nobody", 0),
            ] {
                let list = try await ask("GET", "/images\(query)", name)
                let text = String(decoding: list.body, as: UTF8.self)
                #expect(text.components(separatedBy: "\"received\"").count == count + 1, "\(name) \(query)")
            }
            try expectProblem(try await ask("GET", "/images?client=ben", "ann"), 403)
            #expect(try await ask("DELETE", "/images/\(id)", "ann").status == 204)
            #expect(try await ask("GET", "/images/\(id)", "ben").status == 200)
        }
    }

    @Test func `Without its key a client is asked for it, wherever there are pictures`() async throws {
        let ring = try KeyRing(Self.ring, path: "keys")
        try await TestServer.with {
            $0.keys = ring
        } _: { server in
            for fields in [[:], ["Authorization": "Bearer nonsense"], ["Authorization": "Basic YTpi"]] {
                for (method, path) in [
                    ("POST", "/images"), ("POST", "/red"), ("GET", "/images"),
                    ("GET", "/images/\(String(repeating: "a", count: 64))"),
                    ("DELETE", "/images/\(String(repeating: "a", count: 64))"),
                ] {
                    let body = method == "POST" ? PNG.picture() : []
                    let answer = try #require(try await server.client.request(method, path, fields, body: body))
                    try expectProblem(answer, 401)
                    #expect(answer.fields["www-authenticate"] == "Bearer")
                }
            }
            #expect(try await server.client.request("GET", "/healthz")?.status == 200)
        }
    }

    @Test func `Beyond its rate a client is told when to come again`() async throws {
        try await TestServer.with {
            $0.requestsPerSecond = 1
        } _: { server in
            // Ten seconds' worth at once; more than a second passes at most a few times during the test.
            var refused: Answer?
            for _ in 0..<200 where refused == nil {
                let answer = try #require(try await server.client.request("GET", "/images"))
                if answer.status != 200 { refused = answer }
            }
            let answer = try #require(refused)
            try expectProblem(answer, 429)
            #expect(try #require(answer.fields["retry-after"].flatMap { Int($0) }) >= 1)
            #expect(try await server.client.request("GET", "/healthz")?.status == 200)
        }
    }

    @Test func `An allowance comes back with time, and is no other client's`() {
        let limiter = RateLimiter(perSecond: 2)
        let begin = ContinuousClock.now
        for _ in 0..<20 { #expect(limiter.take("a", now: begin) == nil) }
        #expect(limiter.take("a", now: begin) == 1)
        #expect(limiter.take("b", now: begin) == nil)
        #expect(limiter.take("a", now: begin + .milliseconds(500)) == nil)
        #expect(limiter.take("a", now: begin + .milliseconds(500)) == 1)
    }

    @Test func `Inventing names costs a limiter no memory, and gives no allowance`() {
        let limiter = RateLimiter(perSecond: 1)
        let now = ContinuousClock.now
        for number in 0..<RateLimiter.maximumClients { #expect(limiter.take("\(number)", now: now) == nil) }
        let further = (0..<100).count { limiter.take("further \($0)", now: now) == nil }
        #expect(further == 10)
    }

    @Test func `One client's uploads leave room for another's`() {
        let slots = UploadSlots(3, ofClient: 2)
        #expect(slots.take("a") == nil)
        #expect(slots.take("a") == nil)
        #expect(slots.take("a") == .clientFull)
        #expect(slots.take("b") == nil)
        #expect(slots.take("c") == .full)
        slots.giveBack("a")
        #expect(slots.take("a") == nil)
        #expect(slots.taken == 3)
    }

    @Test func `Without keys a client says who it is, and sees what that one sent`() async throws {
        try await TestServer.with { server in
            func ask(_ method: String, _ path: String, _ name: String, body: [UInt8] = []) async throws -> Answer {
                try #require(try await server.client.request(method, path, ["X-Client": name], body: body))
            }
            let sent = try await ask("POST", "/images", "ann", body: PNG.picture())
            #expect(sent.status == 201)
            let id = try sent.id
            #expect(try await ask("GET", "/images/\(id)", "ann").status == 200)
            #expect(try await ask("GET", "/images/\(id)", "ben").status == 404)
            #expect(try await server.client.request("GET", "/images/\(id)")?.status == 404)
            try expectProblem(try await ask("GET", "/images", "a/b"), 400)
        }
    }

    @Test func `With keys what a client says it is counts for nothing`() async throws {
        let ring = try KeyRing(Self.ring, path: "keys")
        try await TestServer.with {
            $0.keys = ring
        } _: { server in
            let answer = try await server.client.request("GET", "/images", ["X-Client": "ann"])
            #expect(answer?.status == 401)
        }
    }
}

import Foundation
import HTTPTestSupport
import HTTPTypes
import TestSupport
import Testing

@testable import HTTPService
@testable import RED

/// What web pages, in a browser beside a server without keys, can have it do: nothing.
struct ForeignPageTests {
    static let ours = [
        "localhost", "LOCALHOST:1", "localhost.", "localhost.:80", "127.0.0.1", "127.255.0.3:8080", "[::1]",
        "[::1]:8080",
        "[0:0::1]:1",
    ]
    static let foreign = [
        "pages.example", "pages.example:8080", "localhost.pages.example", "localhost:80.pages.example", "alocalhost",
        "127.0.0.1.pages.example", "127.pages.example", "128.0.0.1", "0.0.0.0", "10.0.0.1:8080", "[::2]", "[::1",
        "[::1]a:1", "[fd00::1]:8080", "::1", "localhost@pages.example", "127.0.0.1:80:80", "localhost:x", "x.localhost",
    ]

    private static func refusal(
        _ method: HTTPRequest.Method, _ authority: String, origin: String? = nil, names: [String] = [],
        listeningOn host: String = "127.0.0.1"
    ) -> HTTPResponse.Status? {
        var request = HTTPRequest(method: method, scheme: "http", authority: authority, path: "/")
        request.headerFields[.origin] = origin
        let hosts = AllowedHosts(listeningOn: host, names: names, asksForKeys: false)
        return hosts?.refusal(of: request)?.status
    }

    @Test(arguments: ours)
    func `By a loopback name it is asked, and by pages of such`(_ name: String) {
        #expect(Self.refusal(.get, name) == nil)
        #expect(Self.refusal(.post, name, origin: "http://\(name)") == nil)
        #expect(Self.refusal(.delete, "127.0.0.1", origin: "HTTPS://\(name)") == nil)
    }

    @Test(arguments: foreign)
    func `By another name it is not, nor by pages of it where something may change`(_ name: String) {
        #expect(Self.refusal(.get, name) == .misdirectedRequest)
        #expect(Self.refusal(.post, "localhost", origin: "http://\(name)") == .forbidden)
        #expect(Self.refusal(.put, "localhost", origin: "https://\(name)") == .forbidden)
        // What only reads is not readable to the page: the browser sees to that.
        #expect(Self.refusal(.get, "localhost", origin: "http://\(name)") == nil)
    }

    @Test(arguments: ["null", "", "localhost", "file://", "chrome-extension://localhost", "http://", "http:localhost"])
    func `What is no page's origin is none of ours`(_ origin: String) {
        #expect(Self.refusal(.post, "localhost", origin: origin) == .forbidden)
    }

    @Test func `Names that it was started with are its own, whatever it listens on`() {
        let names = ["red.example", "FD00::1", "Other.example."]
        for host in ["127.0.0.1", "localhost", "0.0.0.0", "red.internal"] {
            for name in ["red.example", "RED.example:80", "[fd00::1]:8080", "other.example", "localhost", "\(host):80"]
            {
                #expect(Self.refusal(.get, name, names: names, listeningOn: host) == nil, "\(host) \(name)")
                let origin = "https://\(name)"
                #expect(Self.refusal(.post, name, origin: origin, names: names, listeningOn: host) == nil)
            }
            #expect(Self.refusal(.get, "pages.example", names: names, listeningOn: host) == .misdirectedRequest)
        }
    }

    @Test func `With keys, and where other computers can connect, any name will do`() {
        #expect(AllowedHosts(listeningOn: "127.0.0.1", names: [], asksForKeys: true) == nil)
        #expect(AllowedHosts(listeningOn: "0.0.0.0", names: [], asksForKeys: false) == nil)
        #expect(AllowedHosts(listeningOn: "red.example", names: [], asksForKeys: false) == nil)
    }

    @Test(arguments: [
        ("red.example", true), ("10.0.0.1", true), ("fd00::1", true), ("[fd00::1]", true), ("a_b-c.d.", true),
        ("", false),
        (".", false), ("red.example:80", false), ("http://red.example", false), ("red.example/", false), ("a b", false),
        ("*", false), ("[]", false),
    ])
    func `A name is given by itself`(_ text: String, _ isName: Bool) {
        #expect(AllowedHosts.isName(text) == isName)
    }

    @Test func `A page whose name leads here, and one elsewhere, get nothing and leave nothing`() async throws {
        try await TestServer.with { server in
            let picture = PNG.picture()
            for (method, fields, status) in [
                ("GET", ["Host": "pages.example:\(server.client.port)"], 421), ("POST", ["Host": "pages.example"], 421),
                ("POST", ["Origin": "https://pages.example"], 403), ("POST", ["Origin": "null"], 403),
            ] {
                let body = method == "POST" ? picture : []
                let answer = try #require(try await server.client.request(method, "/images", fields, body: body))
                try expectProblem(answer, status)
                #expect(try answer.detail.contains("--allowed-host"))
                #expect(answer.fields["connection"] == "close")
            }
            #expect(server.folder.files == [])
            let long = ["Host": String(repeating: "x", count: 10_000)]
            #expect(try #require(try await server.client.request("GET", "/images", long)).detail.utf8.count < 1_000)
            let own = ["Host": "127.0.0.1:1", "Origin": "http://localhost:2"]
            #expect(try await server.client.request("POST", "/images", own, body: picture)?.status == 201)
        }
    }

    @Test func `A name that is allowed is answered, and a key lets in by any`() async throws {
        try await TestServer.with {
            $0.allowedHosts = ["red.example"]
        } _: { server in
            for (name, status) in [("red.example", 200), ("red.example:80", 200), ("a.red.example", 421)] {
                let answer = try await server.client.request("GET", "/images", ["Host": name])
                #expect(answer?.status == status, "\(name)")
            }
        }
        let ring = try KeyRing("ann \(String(repeating: "0", count: 64))", path: "keys")
        try await TestServer.with {
            $0.keys = ring
        } _: { server in
            for (path, status) in [("/images", 401), ("/healthz", 200)] {
                let answer = try await server.client.request("GET", path, ["Host": "red.example"])
                #expect(answer?.status == status, "\(path)")
            }
        }
    }
}

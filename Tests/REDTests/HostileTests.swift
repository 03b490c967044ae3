import Foundation
import HTTPTestSupport
import TestSupport
import Testing

@testable import RED

/// What clients should not send, over real sockets.
struct HostileTests {
    /// Bytes that are no request, or one that two readers could take apart differently; and the statuses to expect.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: String
        var statuses = [400]

        static let all = [
            Case(testDescription: "not HTTP", bytes: "hello\r\n\r\n"),
            Case(testDescription: "TLS to a plain port", bytes: "\u{16}\u{3}\u{1}\u{2}\u{0}\r\n\r\n"),
            Case(
                testDescription: "Content-Length with Transfer-Encoding",
                bytes: post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n")),
            Case(testDescription: "two lengths", bytes: post("Content-Length: 5\r\nContent-Length: 6", "hello")),
            Case(testDescription: "a list of lengths", bytes: post("Content-Length: 5, 5", "hello")),
            Case(testDescription: "a signed length", bytes: post("Content-Length: +5", "hello")),
            Case(testDescription: "a negative length", bytes: post("Content-Length: -5", "hello")),
            Case(testDescription: "a hexadecimal length", bytes: post("Content-Length: 0x5", "hello")),
            Case(
                testDescription: "a length beyond 64 bits",
                bytes: post("Content-Length: 99999999999999999999", "hello")),
            Case(
                testDescription: "a blank before the colon", bytes: post("Content-Length : 5", "hello")),
            Case(testDescription: "chunked that is not last", bytes: post("Transfer-Encoding: chunked, gzip", "")),
            Case(testDescription: "another coding", bytes: post("Transfer-Encoding: xchunked", "0\r\n\r\n")),
            Case(testDescription: "a chunk size with a sign", bytes: chunked("+5\r\nhello\r\n0\r\n\r\n")),
            Case(testDescription: "a chunk size in hexadecimal notation", bytes: chunked("0x5\r\nhello\r\n0\r\n\r\n")),
            Case(testDescription: "a chunk size beyond 64 bits", bytes: chunked("fffffffffffffffff\r\nhello\r\n")),
            Case(testDescription: "no line break behind a chunk", bytes: chunked("5\r\nhelloX\r\n0\r\n\r\n")),
            Case(
                testDescription: "a bare LF in the head", bytes: "GET /healthz HTTP/1.1\nHost: localhost\n\n",
                statuses: [505]),
            Case(testDescription: "a bare LF behind a chunk size", bytes: chunked("5\nhello\r\n0\r\n\r\n")),
            Case(
                testDescription: "a bare CR in a field", bytes: "GET /healthz HTTP/1.1\r\nHost: localhost\rX: b\r\n\r\n"
            ),
            Case(testDescription: "a zero byte in a field", bytes: "GET /healthz HTTP/1.1\r\nHost: a\u{0}b\r\n\r\n"),
            Case(
                testDescription: "a folded field",
                bytes: "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: b\r\n c\r\n\r\n"),
            Case(testDescription: "no field name", bytes: "GET /healthz HTTP/1.1\r\nHost: localhost\r\n: b\r\n\r\n"),
            Case(
                testDescription: "HTTP/9.9", bytes: "GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n",
                statuses: [400, 505]),
            Case(testDescription: "two hosts", bytes: "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n"),
            Case(testDescription: "no host", bytes: "GET /healthz HTTP/1.1\r\n\r\n"),
            Case(
                testDescription: "a long field",
                bytes:
                    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n",
                statuses: [431]),
            Case(
                testDescription: "many fields",
                bytes: "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\(String(repeating: "X: y\r\n", count: 1_000))\r\n",
                statuses: [431]),
            Case(
                testDescription: "a long target",
                bytes:
                    "GET /\(String(repeating: "x", count: 3_000)) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                statuses: [414]),
            Case(
                testDescription: "a target without an end", bytes: "GET /\(String(repeating: "x", count: 100_000))",
                statuses: [431, 414]),
        ]

        private static func post(_ fields: String, _ body: String) -> String {
            "POST /images HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n\r\n\(body)"
        }

        private static func chunked(_ body: String) -> String { post("Transfer-Encoding: chunked", body) }
    }

    @Test(arguments: Case.all)
    func `What is no sound request is refused, and ends its connection`(_ hostile: Case) async throws {
        try await TestServer.with { server in
            // What a smuggled request would bring: a second answer.
            let smuggled = Exchange.head("GET", "/healthz")
            let answer = try #require(try await server.client.send([Array(hostile.bytes.utf8), smuggled]))
            #expect(hostile.statuses.contains(answer.status), "\(answer.status)")
            #expect(answer.fields["content-type"] == "application/problem+json")
            #expect(!String(decoding: answer.body, as: UTF8.self).contains("HTTP/1.1 200"))
            #expect(server.folder.files == [])
            #expect(try await server.client.request("GET", "/healthz")?.status == 200)
        }
    }

    @Test func `A head that takes too long is refused`() async throws {
        try await TestServer.with {
            $0.headSeconds = 1
        } _: { server in
            let answer = try #require(try await server.client.send([Array("GET /healthz HTTP/1.1\r\nHost".utf8)]))
            try expectProblem(answer, 408)
            #expect(answer.fields["connection"] == "close")
        }
    }

    @Test func `A connection on which nothing comes is closed without a word`() async throws {
        try await TestServer.with {
            $0.idleSeconds = 1
        } _: { server in
            let silent = try await server.client.send([])
            #expect(silent == nil)
            // After an answer, too; that the exchange ends is the test.
            let kept = Exchange.head("GET", "/healthz", ["Connection": "keep-alive"])
            let answer = try await server.client.send([kept])
            #expect(answer?.status == 200)
        }
    }

    @Test func `Beyond the connections taken, the one idle longest makes room`() async throws {
        try await TestServer.with {
            $0.maximumConnections = 3
        } _: { server in
            let idle = try (0..<3).map { _ in try RawSocket(port: server.client.port) }
            defer { for socket in idle { socket.close() } }
            // Each is known to the server once its answer is here; then it is idle.
            for socket in idle {
                socket.send(Exchange.head("GET", "/healthz", ["Connection": "keep-alive"]))
                #expect(await onThread { socket.receive() }.starts(with: "HTTP/1.1 200".utf8))
            }
            #expect(try await server.client.request("GET", "/healthz")?.status == 200)
            #expect(await onThread { idle[0].receive() } == [])
            idle[2].send(Exchange.head("GET", "/healthz", ["Connection": "keep-alive"]))
            #expect(await onThread { idle[2].receive() }.starts(with: "HTTP/1.1 200".utf8))
        }
    }

    @Test func `A picture that claims to be vast is refused by its header`() async throws {
        try await TestServer.with { server in
            // 60,000 by 60,000 pixels in 57 bytes.
            var bomb = PNG.picture()
            for (index, byte) in [0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60].enumerated() { bomb[16 + index] = UInt8(byte) }
            let answer = try #require(try await server.client.post(bomb))
            #expect(answer.status == 422)
            #expect(server.folder.files == [])
        }
    }
}

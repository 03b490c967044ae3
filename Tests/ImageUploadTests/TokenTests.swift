import Foundation
import NIOHTTP1
import NIOSSL
import TestSupport
import Testing

@testable import ImageUpload

@Suite("Tokens and TLS", .timeLimit(.minutes(5)))
struct TokenTests {
    private let secret = "s3cret-t0ken_~"

    private func onePicture(_ count: Int = 10) throws -> PictureFolder {
        let folder = try PictureFolder()
        try folder.add("one.jpg", PictureFolder.picture(1, count: count))
        return folder
    }

    private func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> ProgramRun {
        try await onThread {
            try .run(productsFolder.appending(path: "upload-images").path, arguments, environment)
        }
    }

    @Test("a token from the environment or a file is sent, and shown nowhere", arguments: [false, true])
    func tokenIsSent(fromFile: Bool) async throws {
        let folder = try onePicture()
        let files = try PictureFolder()
        try files.add("token", Array("\(secret)\n".utf8))
        try await PictureServer.serving(.init(toRequest: { _, _ in .status(401) })) { server in
            let arguments = [folder.path, "--to", server.url, "--json"]
            let run =
                fromFile
                ? try await run(arguments + ["--token-file", "\(files.path)/token"])
                : try await run(arguments, ["UPLOAD_IMAGES_TOKEN": secret])
            #expect(run.status == 1)
            #expect(server.requests.map { $0.head.headers.first(name: "authorization") } == ["Bearer \(secret)"])
            #expect(!run.output.contains(secret))
            #expect(!run.error.contains(secret))
        }
    }

    @Test(
        "a token that could forge a header is refused without being shown", arguments: ["a\r\nX: 1", "ä", " ", "a b"])
    func badTokenIsRefused(_ token: String) async throws {
        let folder = try onePicture()
        let run = try await run([folder.path, "--to", "http://127.0.0.1:1"], ["UPLOAD_IMAGES_TOKEN": token])
        #expect(run.status == 2)
        #expect(run.error.hasPrefix("Error: UPLOAD_IMAGES_TOKEN: "))
        #expect(token == " " || !run.error.contains(token))
    }

    @Test("a token is in no text that is made of it")
    func tokenIsNotPrinted() throws {
        var options = UploadOptions()
        options.token = try AccessToken(secret)
        var dumped = ""
        dump(options, to: &dumped)
        #expect(!"\(options) \(String(reflecting: options)) \(dumped)".contains(secret))
    }

    @Test(
        "digests are right, and sent as asked for; the key always is",
        arguments: [true, false])
    func digests(areSent: Bool) async throws {
        let folder = try PictureFolder()
        try folder.add("small.jpg", PictureFolder.jpegStart)
        try folder.add("large.jpg", PictureFolder.jpegStart + [UInt8](repeating: 0, count: 200_000))
        try await PictureServer.serving { server in
            _ = try await upload(folder, to: server.url) { $0.sendsDigests = areSent }
            for request in server.requests {
                let isSmall = request.body.count == 4
                let digest = isSmall ? Self.digestOfSmall : Self.digestOfLarge
                #expect(request.head.headers["content-digest"] == (areSent ? ["sha-256=:\(digest):"] : []))
                #expect(request.head.headers.first(name: "idempotency-key")?.count == 66)
                let parent = request.head.headers.first(name: "traceparent") ?? ""
                #expect(parent.wholeMatch(of: /00-[0-9a-f]{32}-[0-9a-f]{16}-01/) != nil)
            }
            #expect(Set(server.requests.map { $0.head.headers["traceparent"] }).count == 2)
            #expect(server.requests.count == 2)
        }
    }

    // By: (printf '\xff\xd8\xff\xe0'; head -c 200000 /dev/zero) | openssl dgst -sha256 -binary | base64
    private static let digestOfLarge = "OTqdKa0t6024YiGk1YdRu/D4lLTk3ZcVvpDnFqVjxOw="
    private static let digestOfSmall = "uk8lvxa6S+a8fTJ2+v62f56zxd8EK8OkBeGvFbkh7tc="

    /// A server's certificate and key, made for the test.
    private struct Certificate {
        let folder = try? TemporaryFolder()
        let file: String
        let server: NIOSSLContext

        init(name: String) throws {
            let folder = try #require(folder)
            file = folder.url.appending(path: "certificate.pem").path
            let key = folder.url.appending(path: "key.pem").path
            let run = try ProgramRun.run(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=test", "-addext", "subjectAltName=\(name)", "-keyout", key, "-out", file,
                ])
            try #require(run.status == 0, "\(run.error)")
            server = try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) },
                    privateKey: .privateKey(NIOSSLPrivateKey(file: key, format: .pem))))
        }
    }

    @Test("pictures arrive over TLS, small and large", arguments: [false, true])
    func picturesArriveOverTLS(asForm: Bool) async throws {
        let certificate = try Certificate(name: "IP:127.0.0.1")
        let folder = try onePicture()
        try folder.add("large.jpg", PictureFolder.picture(2, count: 3_000_000))
        try await PictureServer.serving(.init(tls: certificate.server)) { server in
            let summary = try await upload(folder, to: "https://127.0.0.1:\(server.port)") {
                $0.certificateAuthorities = FilePath(certificate.file)
                $0.sendsForms = asForm
            }
            #expect(summary.uploaded == 2)
            let bodies = try Set(server.requests.map { asForm ? try FormPart($0).content : $0.body })
            let areAsSent = bodies == [PictureFolder.picture(1, count: 10), PictureFolder.picture(2, count: 3_000_000)]
            #expect(areAsSent)
        }
    }

    @Test("what is read of a file while other threads are busy arrives over TLS in its order")
    func piecesArriveInOrder() async throws {
        let certificate = try Certificate(name: "IP:127.0.0.1")
        let folder = try PictureFolder()
        // Each eight bytes tell where they belong.
        let content = PictureFolder.jpegStart + (0..<3_000_000).flatMap { withUnsafeBytes(of: UInt64($0), Array.init) }
        for number in 0..<8 { try folder.add("\(number).jpg", content + [UInt8(number)]) }
        try await PictureServer.serving(.init(tls: certificate.server)) { server in
            let summary = try await upload(folder, to: "https://127.0.0.1:\(server.port)") {
                $0.certificateAuthorities = FilePath(certificate.file)
            }
            #expect(summary.uploaded == 8)
            // Said by numbers: a body is too long to be told of.
            let wrong = server.requests.count { $0.body.dropLast() != content[...] }
            #expect(wrong == 0)
        }
    }

    @Test("a server whose certificate is not trusted, or is of another host, gets nothing")
    func wrongCertificateIsRefused() async throws {
        let certificate = try Certificate(name: "IP:127.0.0.2")
        let folder = try onePicture()
        try await PictureServer.serving(.init(tls: certificate.server)) { server in
            for isTrusted in [false, true] {
                let summary = try await upload(folder, to: "https://127.0.0.1:\(server.port)") {
                    if isTrusted { $0.certificateAuthorities = FilePath(certificate.file) }
                    ($0.attempts, $0.backoff.firstMilliseconds) = (2, 1)
                }
                guard case .unreachable = summary.ending else {
                    Issue.record("it ended as \(summary.ending)")
                    continue
                }
                #expect(server.requests.isEmpty)
            }
        }
    }
}

import Foundation
import TestSupport

/// Something that did not come about.
struct NeverHappened: Error, CustomStringConvertible {
    let description: String
}

/// Waits until something is so; it is a failure if that takes a minute or two.
func eventually(_ what: String, _ isSo: () async throws -> Bool) async throws {
    for _ in 0..<6_000 {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw NeverHappened(description: "never: \(what)")
}

/// Where the tests' servers' programs are, and Debian's Python, for which their libraries are.
enum ServerPrograms {
    static let python = "/usr/bin/python3"

    static func path(_ name: String, _ file: String = #filePath) -> String {
        URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Servers/\(name)").path
    }

    /// Makes a certificate for `localhost` that is its own authority.
    static func makeCertificate(_ path: String, key: String) throws {
        let run = try ProgramRun.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", path,
            ])
        guard run.status == 0 else { throw ServerProcess.Failure("openssl: \(run.error)") }
    }
}

/// Lines of JSON that a server writes.
struct ServerLog<Line: Decodable & Sendable>: Sendable {
    let file: URL

    var lines: [Line] {
        get throws {
            guard let data = FileManager.default.contents(atPath: file.path) else { return [] }
            // The last one may not be whole yet.
            let whole = data.prefix(upTo: data.lastIndex(of: UInt8(ascii: "\n")) ?? data.startIndex)
            return try whole.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Line.self, from: $0) }
        }
    }
}

/// A receiver of webhooks, see `Servers/webhook_receiver.py`.
final class WebhookReceiver: Sendable {
    struct Request: Decodable, Sendable {
        struct Body: Decodable {
            struct Content: Decodable {
                let alert: String, subscription: String, client: String, event: String, image: String
                let above: Int, red: Int
            }

            let type: String, timestamp: String
            let data: Content
        }

        let path: String, method: String
        let number: Int
        let signed: Bool
        let id: String?, timestamp: String?, traceparent: String?, type: String?
        let body: String

        var message: Body { get throws { try JSONDecoder().decode(Body.self, from: Data(body.utf8)) } }
    }

    static let secret = "whsec_" + Data((0..<24).map { UInt8($0) }).base64EncodedString()

    let port: UInt16
    /// The certificate of one with TLS, in PEM.
    let certificate: String
    private let isTLS: Bool
    private let folder: TemporaryFolder
    private let server: ServerProcess
    private let log: ServerLog<Request>

    init(port: UInt16? = nil, redirectTo: String = "", tls: Bool = false) async throws {
        folder = try TemporaryFolder()
        isTLS = tls
        certificate = folder.url.appendingPathComponent("certificate.pem").path
        let key = folder.url.appendingPathComponent("key.pem").path
        if tls { try ServerPrograms.makeCertificate(certificate, key: key) }
        self.port = try port ?? ServerProcess.freePort()
        log = ServerLog(file: folder.url.appendingPathComponent("requests"))
        server = try ServerProcess(
            ServerPrograms.python,
            [ServerPrograms.path("webhook_receiver.py"), "\(self.port)", log.file.path, Self.secret, redirectTo]
                + (tls ? [certificate, key] : []),
            log: folder.url.appendingPathComponent("log"))
        try await server.waitUntilListening(self.port)
    }

    /// What came, in the order it came in.
    var requests: [Request] { get throws { try log.lines } }

    func requests(at path: String) throws -> [Request] { try requests.filter { $0.path == path } }

    func url(_ path: String) -> String {
        isTLS ? "https://localhost:\(port)\(path)" : "http://127.0.0.1:\(port)\(path)"
    }

    /// A subscription's configuration that leads here.
    func configuration(_ path: String) -> String { #"{"secret":"\#(Self.secret)","url":"\#(url(path))"}"# }

    /// Has requests for `/held` wait for an answer, or answers them.
    func hold(_ isHolding: Bool) throws {
        let file = log.file.appendingPathExtension("hold")
        if isHolding { try Data().write(to: file) } else { try FileManager.default.removeItem(at: file) }
    }

    func end() { server.end() }
}

/// A mail server, see `Servers/mail_server.py`.
final class MailServer: Sendable {
    struct Line: Decodable, Sendable {
        let refused: String?
        let sender: String?, recipients: [String]?, user: String?, data: String?
        let tls: Bool?
    }

    let port: UInt16
    /// The certificate of a server with TLS, in PEM.
    let certificate: String
    private let security: Security
    private let folder: TemporaryFolder
    private let server: ServerProcess
    private let log: ServerLog<Line>

    /// What a server does about TLS.
    enum Security: String {
        case none, startTLS = "starttls", always = "smtps"
    }

    init(_ security: Security, _ arguments: [String] = []) async throws {
        folder = try TemporaryFolder()
        self.security = security
        port = try ServerProcess.freePort()
        log = ServerLog(file: folder.url.appendingPathComponent("mails"))
        certificate = folder.url.appendingPathComponent("certificate.pem").path
        let key = folder.url.appendingPathComponent("key.pem").path
        var all = [ServerPrograms.path("mail_server.py"), "\(port)", log.file.path] + arguments
        if security != .none {
            try ServerPrograms.makeCertificate(certificate, key: key)
            all += ["--\(security.rawValue)", certificate, key]
        }
        server = try ServerProcess(ServerPrograms.python, all, log: folder.url.appendingPathComponent("log"))
        try await server.waitUntilListening(port)
    }

    var url: String { "\(security == .always ? "smtps" : "smtp")://localhost:\(port)" }

    /// What happened, in order.
    var lines: [Line] { get throws { try log.lines } }

    /// Mails that were taken.
    var mails: [Line] { get throws { try lines.filter { $0.data != nil } } }
}

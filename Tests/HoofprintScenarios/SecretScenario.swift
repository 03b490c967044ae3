import Foundation
import Hoofprint
import SeededRandom
import Synchronization

/// 150 rounds of spans whose texts hold secrets, in random forms, through every call that takes text, then a `kill -9`, so that
/// the ring file stays. `SEED` makes the secrets; they are told on standard output, a line each.
func secretsEverywhere() async {
    guard let seed = ProcessInfo.processInfo.environment["SEED"].flatMap({ UInt64($0) }) else {
        fatalError("SEED is no number")
    }
    let sampler = TellingSampler()
    var configuration = HoofprintSystem.Configuration.fromEnvironment
    configuration.samplers = [sampler]
    HoofprintSystem.bootstrap(configuration)
    var maker = SecretMaker(seed: seed)
    for round in 0..<150 {
        await writeSecrets(&maker)
        sampler.tell(maker.text())
        if round % 50 == 49 { HoofprintSystem.flush() }
    }
    print(maker.secrets.joined(separator: "\n"))
    fflush(nil)
    kill(getpid(), SIGKILL)
}

/// One round.
private func writeSecrets(_ maker: inout SecretMaker) async {
    var pairs = (0..<10).map { _ in maker.attribute() }
    func next() -> (StaticString, any SpanAttributeConvertible) { pairs.removeLast() }
    func attributes() -> SpanAttributes { SpanAttributes(dictionaryLiteral: next()) }
    func set(_ span: TraceSpan) {
        let (key, value) = next()
        span[key] = value
    }
    span("sync", attributes()) {}
    span("sync with span", attributes()) { set($0) }
    await span("async", attributes()) { await Task.yield() }
    let (key, value) = next()
    let error = maker.text()
    await span("async with span", attributes()) { span in
        await Task.yield()
        span[key] = value
        span.fail(type: error)
    }
    let token = TraceSpan.begin("token")
    set(token)
    token.fail(type: maker.text())
    token.end()
    syncToken(maker.attribute(), maker.text())
}

private func syncToken(_ attribute: (StaticString, any SpanAttributeConvertible), _ error: String) {
    let token = TraceSpan.beginSync("sync token")
    token[attribute.0] = attribute.1
    token.fail(type: error)
    token.end()
}

/// Texts with secrets in them.
private struct SecretMaker {
    private var generator: SeededGenerator
    private(set) var secrets: [String] = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private static let secretKeys: [StaticString] = [
        "password", "user.passwd", "Authorization", "Set-Cookie", "x-api-key", "apiKey", "CLIENT_SECRET", "session.id",
        "accessToken", "http.request.header.proxy-authorization", "private_key", "credentials",
    ]
    private static let harmlessKeys: [StaticString] = ["url", "note", "command", "http.header", "body"]

    /// A key and a value of which one says that there is a secret.
    mutating func attribute() -> (StaticString, any SpanAttributeConvertible) {
        if Bool.random(using: &generator) {
            return (Self.secretKeys.randomElement(using: &generator) ?? "password", secret())
        }
        return (Self.harmlessKeys.randomElement(using: &generator) ?? "note", text())
    }

    /// A text that says that there is a secret in it, among others.
    mutating func text() -> String {
        let form = Self.forms.randomElement(using: &generator) ?? Self.forms[0]
        let before = words(upTo: 24), after = words(upTo: 300)
        return "\(before) \(form(secret()))\(form("").hasSuffix(" ") ? after : "\n\(after)")"
    }

    /// Tells a new secret: letters and digits, which are written as they are.
    private mutating func secret() -> String {
        let count = Int.random(in: 24...40, using: &generator)
        let secret = String((0..<count).map { _ in Self.letters.randomElement(using: &generator) ?? "x" })
        secrets.append(secret)
        return secret
    }

    private mutating func words(upTo count: Int) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...count, using: &generator) {
            text += ["rows ", "é ", "GET /a/b ", "12:30 ", "x=1 "].randomElement(using: &generator) ?? ""
        }
        return text
    }

    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

    private static let forms: [@Sendable (String) -> String] = [
        { "Bearer \($0) " }, { "authorization: bearer \($0)" }, { "Cookie: id=\($0); theme=\($0)" },
        { "Basic \(Data("user:\($0)".utf8).base64EncodedString()) " },
        { "https://me:\($0)@host.example/path " }, { "postgres://me:a/b#\($0)@host.example/base " },
        { "amqp://\($0)@host.example " }, { "https://host.example/?q=1&api_key=\($0)&page=2 " },
        { #"{"rows": 5, "password": "\#($0)\"\#($0)", "more": true} "# }, { #"{\"token\":\"\#($0)\"} "# },
        { "host=db password='it\\'s \($0)' user=me " }, { "tool --client-secret \($0) --verbose " },
        { "tool --token=\($0) --verbose " }, { "eyJhbGciOiJIUzI1NiJ9.\($0).\($0) " }, { "ghp_\($0) " },
        { "-----BEGIN EC PRIVATE KEY-----\n\($0)\n\($0)\n-----END EC PRIVATE KEY----- " },
    ]
}

/// A sampler that says what it is told.
private final class TellingSampler: Sampler {
    let name = "telling"
    let looksPerSecond = 1
    private let samples = Mutex<[Sample]>([])

    func tell(_ text: String) { samples.withLock { $0.append(Sample(path: nil, what: text)) } }
    func look(at threads: SpanThreads) {}
    func drain() -> [Sample] {
        samples.withLock { samples in
            defer { samples = [] }
            return samples
        }
    }
}

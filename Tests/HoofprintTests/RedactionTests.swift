import Foundation
import Hoofprint
import TestSupport
import Testing
import TraceLog

@Suite("Secrets are taken out of what is written")
struct RedactionTests {
    @Test(
        "names of secrets are known by a word in them, however they are spelt",
        arguments: [
            "password", "userPassword", "PASSWD", "X-Api-Key", "api_key", "session.id", "sessionID", "Set-Cookie",
            "http.request.header.authorization", "client_secret", "refresh_token", "token", "private key", "db.pwd",
        ])
    func secretNames(name: String) {
        #expect(Redaction().hides(name))
    }

    @Test(
        "other names are not",
        arguments: [
            "path", "user", "bytes", "session", "author", "key", "primary_key", "pass", "url", "", "-", "sessions",
        ])
    func otherNames(name: String) {
        #expect(!Redaction().hides(name))
    }

    @Test(
        "a value is cleaned of what is secret by its form, and of nothing else",
        arguments: [
            ("Bearer abcdefgh1234", "Bearer (redacted)"), ("bearer  abc.def-ghi~1 x", "bearer  (redacted) x"),
            ("Basic dXNlcjpwYXNz", "Basic (redacted)"),
            ("Authorization: Basic dXNlcjpwYXNz", "Authorization: (redacted)"),
            ("https://user:p@ss@host/path?q=1", "https://(redacted)@host/path?q=1"),
            ("amqp://host,amqps://u:p@b/v", "amqp://host,amqps://(redacted)@b/v"),
            ("postgres://u:p/q?r#s@host/db", "postgres://(redacted)@host/db"),
            ("https://ghtoken@github.com/a/b", "https://(redacted)@github.com/a/b"),
            ("/login?user=me&password=a%20b&x=1", "/login?user=me&password=(redacted)&x=1"),
            ("Cookie: a=b; c=d\r\nHost: x", "Cookie: (redacted)\r\nHost: x"),
            (#"{"id":7,"Token":"a\"b","rows":3}"#, #"{"id":7,"Token":"(redacted)","rows":3}"#),
            (#"{"pwd": 1234,"rows":3}"#, #"{"pwd": (redacted),"rows":3}"#),
            (#"{\"secret\":\"abc\",\"rows\":3}"#, #"{\"secret\":\"(redacted)\",\"rows\":3}"#),
            ("host=db password='a b\\' c' user=me", "host=db password='(redacted)' user=me"),
            ("tool --token abc --rows 3", "tool --token (redacted) --rows 3"),
            ("tool --api-key='a b' --rows 3", "tool --api-key='(redacted)' --rows 3"),
            ("id eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl.", "id (redacted)"),
            ("key ghp_0123456789abcdefghijABCDEFGHIJ012345, and", "key (redacted), and"),
            ("AKIAIOSFODNN7EXAMPLE", "(redacted)"),
            ("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb", "a\n(redacted)\nb"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", "(redacted)"),
            ("token=", "token="), ("password: ", "password: "),
        ])
    func cleaned(value: String, expected: String) {
        #expect(Redaction().cleaned(value) == expected)
    }

    @Test(
        "what only resembles a secret stays as it is",
        arguments: [
            "GET /images/42?page=2&from=12:30", "Basic authentication required", "the bearer of news",
            "http://host:8080/@scope/package", "http://[::1]:80/a@b", "mail to me@example.org", "a://b", "https://",
            "ratio=3:4 key=value author=me", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "eyJ",
            "eyJabc.def",
            "sk-8", "task-0123456789abcdefghij", "--verbose --rows 3", "日本語 = テスト：値", "a:b:c", "", "=", ":", "\"", "-",
        ])
    func harmless(value: String) {
        #expect(Redaction().cleaned(value) == value)
    }

    @Test("words can be added and taken away; without words forms are still known")
    func words() {
        var redaction = Redaction()
        let added = [redaction.add("Customer-No"), redaction.add("kunde"), redaction.add("--")]
        let removed = [redaction.remove("TOKEN"), redaction.remove("no such word")]
        #expect(added == [true, true, false] && removed == [true, false])
        #expect(redaction.hides("customerNo") && redaction.hides("kunde.id") && !redaction.hides("access_token"))
        #expect(
            redaction.cleaned("customer_no=7 token=8 password=9")
                == "customer_no=(redacted) token=8 password=(redacted)")
        let none = Redaction(words: [])
        #expect(!none.hides("password"))
        #expect(none.cleaned("password=9 Bearer 0123456789") == "password=9 Bearer (redacted)")
    }

    @Test("a secret that the end of what is looked at cuts in two is taken out", arguments: 0..<60)
    func cutInTwo(bytesInside: Int) {
        let secret = String(repeating: "Ab3", count: 400)
        let forms = [
            "Bearer \(secret)", "eyJ\(secret).\(secret)", "https://me:\(secret)@host", "ghp_\(secret)",
            "token=\(secret)",
            "-----BEGIN PRIVATE KEY-----\n\(secret)", "{\"token\": \"\(secret)\"}",
        ]
        for form in forms {
            let text = String(repeating: "x ", count: (1024 - bytesInside) / 2) + form
            #expect(!Redaction().cleaned(text).contains("Ab3"), "\(form.prefix(12)), \(bytesInside)")
        }
    }

    @Test("any bytes are cleaned without harm, and where nothing was taken out they are as they were")
    func anyBytes() {
        let pieces = [
            "\"", "\\", "'", ":", "=", " ", "--", "-----BEGIN ", "://", "@", "token", "Bearer ", "basic ", "eyJ", ".",
            "ghp_",
            "\n", "é", "\u{FFFD}", "a", "0",
        ]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...40)).map { _ in pieces.randomElement() ?? "" }.joined()
            let cleaned = Redaction().cleaned(text)
            #expect(cleaned == text || cleaned.contains(Redaction.replacement), "of \(text.debugDescription)")
        }
    }

    @Test("no secret is in the log or in the ring file, whichever call it was given to", arguments: 1...2)
    func everywhere(seed: Int) throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let run = try ScenarioRun.run(
            "secrets",
            [
                "HOOFPRINT": "every", "HOOFPRINT_ATTRIBUTES": "all", "HOOFPRINT_SINK": "file:\(log.path)",
                "SEED": "\(seed)",
            ])
        #expect(run.wasEndedBySignal)
        let files = try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil)
        #expect(files.count == 2)
        let secrets = run.output.split(separator: "\n")
        #expect(secrets.count > 1500)
        for file in files {
            let written = Set(try Self.words(of: file, count: 12))
            for secret in secrets {
                #expect(
                    !written.contains(Array(secret.utf8.prefix(12))) && !written.contains(Array(secret.utf8.suffix(12)))
                )
            }
        }
        let decoded = DecodedLog([UInt8](try Data(contentsOf: log)))
        let attributes = decoded.spans.flatMap(\.attributes)
        #expect(attributes.count > 700)
        #expect(attributes.allSatisfy { $0.value.contains("(redacted") || $0.value.utf8.count >= 120 })
        #expect(decoded.errors.count > 100 && decoded.samples(of: "telling").values.contains { $0.count > 100 })
    }

    @Test("HOOFPRINT_REDACT adds words and takes words away, and tells what it cannot do")
    func environment() throws {
        let run = try ScenarioRun.run(
            "attributes",
            ["HOOFPRINT": "every", "HOOFPRINT_ATTRIBUTES": "all", "HOOFPRINT_REDACT": "format,-secret,-nothing,--"])
        let values = Dictionary(
            run.log.spans.flatMap(\.attributes).map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        #expect(values["format"] == "(redacted)" && values["secretNote"] == "canary")
        #expect(values["password"] == "(redacted)")
        #expect(run.log.foreignLines.filter { $0.contains("HOOFPRINT_REDACT") }.count == 2, "\(run.log.foreignLines)")
    }

    /// Every `count` letters and digits in a row that a file holds.
    private static func words(of file: URL, count: Int) throws -> [[UInt8]] {
        var words: [[UInt8]] = []
        for word in try Data(contentsOf: file).split(whereSeparator: { !isLetterOrDigit($0) }) where word.count >= count
        {
            let bytes = Array(word)
            for start in 0...bytes.count - count { words.append(Array(bytes[start..<start + count])) }
        }
        return words
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}

import EventBroker
import Foundation
import TestSupport
import Testing
import WallClock

@testable import REDStats

@Suite("Mail", .enabled(if: !ServerProcess.areSkipped))
struct EmailTests {
    /// A mail as a reader's program sees it: by Python's email package.
    private struct Read: Decodable {
        let headers: [String: String]
        let text: String
        let defects: Int
    }

    private static func read(_ data: String) throws -> Read {
        let program = """
            import email, email.policy, json, sys
            mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            print(json.dumps({"headers": {k: str(v) for k, v in mail.items()}, "text": mail.get_content(),
                "defects": len(mail.defects) + sum(len(v.defects) for v in mail.values())}))
            """
        let bytes = data.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        let run = try ProgramRun.run(ServerPrograms.python, ["-c", program], input: bytes)
        return try JSONDecoder().decode(Read.self, from: Data(run.standardOutput))
    }

    private static func settings(
        _ server: MailServer, requiresTLS: Bool = true, _ credentials: Credentials? = nil
    ) throws -> DeliverySettings {
        var settings = DeliverySettings.here
        settings.smtp = try SMTPSettings(
            server: server.url, from: "red-stats@example.org", requiresTLS: requiresTLS, credentials: credentials,
            unsubscribe: "https://stats.example.org/#/subscriptions/{subscription}")
        if requiresTLS { settings.authorities = server.certificate }
        return settings
    }

    private static func to(_ address: String) -> String { #"{"to":"\#(address)"}"# }

    @Test("one alert is one mail, over STARTTLS, with a password")
    func one() async throws {
        let server = try await MailServer(.startTLS, ["--user", "red", "pass word:ö"])
        try await DeliveryBench.with { bench in
            var bench = bench
            let file = try TemporaryFolder()
            let path = file.url.appendingPathComponent("credentials")
            try Data("red\npass word:ö\n".utf8).write(to: path)
            bench.settings = try Self.settings(server, Credentials(file: path.path))
            let subscription = try await bench.subscribe("alice", .email, Self.to("a@example.org"), name: "Tomatoes")
            try await bench.add(1, of: "alice")
            let deliverer = try await bench.delivering { [bench] _ in
                try await bench.wait(for: "alice", .delivered)
            }
            #expect(deliverer.counts[.email] == .init(delivered: 1))
            let mails = try server.mails
            let mail = try #require(mails.first)
            #expect(mails.count == 1 && mail.tls == true && mail.user == "red")
            #expect(mail.sender == "red-stats@example.org" && mail.recipients == ["a@example.org"])
            let read = try Self.read(#require(mail.data))
            let alert = try #require(try await bench.store.alerts(of: "alice", after: 0, limit: 1).first)
            let id = AlertMessage.id(of: alert)
            #expect(read.defects == 0)
            #expect(read.headers["From"] == "red-stats@example.org" && read.headers["To"] == "a@example.org")
            #expect(read.headers["Subject"] == "50 % red: a picture of alice (Tomatoes)")
            #expect(read.headers["Message-ID"] == "<\(id)@example.org>")
            #expect(read.headers["Date"]?.hasSuffix("+0000") == true && read.headers["MIME-Version"] == "1.0")
            let unsubscribe = "<https://stats.example.org/#/subscriptions/\(subscription.id)>"
            #expect(read.headers["List-Unsubscribe"] == unsubscribe)
            #expect(
                read.text == """
                    This picture has more red than was asked for.

                    50 % red, received 2026-11-25T10:00:00.000Z, over 0 %
                      picture: image-of-e0-alice
                      alert:   \(id)

                    The subscription 'Tomatoes' of alice asked for this: \(subscription.id)

                    """)
        }
    }

    @Test("TLS from the beginning, and TLS that is offered but not required, are used")
    func tls() async throws {
        for (server, isRequired) in [(try await MailServer(.always), true), (try await MailServer(.startTLS), false)] {
            try await DeliveryBench.with { bench in
                var bench = bench
                bench.settings = try Self.settings(server, requiresTLS: isRequired)
                bench.settings.authorities = server.certificate
                _ = try await bench.subscribe("alice", .email, Self.to("a@example.org"))
                try await bench.add(1, of: "alice")
                try await bench.delivering { [bench] _ in try await bench.wait(for: "alice", .delivered) }
                #expect(try server.mails.map(\.tls) == [true])
            }
        }
    }

    @Test("what waits is told in one mail, of at most a hundred")
    func digest() async throws {
        let server = try await MailServer(.none)
        try await DeliveryBench.with { bench in
            var bench = bench
            bench.settings = try Self.settings(server, requiresTLS: false)
            _ = try await bench.subscribe("alice", .email, Self.to("a@example.org"))
            _ = try await bench.store.add((0..<130).map { try .sample("e\($0)") })
            try await bench.delivering { [bench] _ in try await bench.wait(for: "alice", .delivered) }
            let reads = try server.mails.map { try Self.read($0.data ?? "") }
            #expect(reads.map { $0.headers["Subject"] } == [100, 30].map { "\($0) pictures of alice over 0 %" })
            let alerts = try await bench.store.alerts(of: "alice", after: 0, limit: 200)
            let text = reads.map(\.text).joined()
            #expect(alerts.allSatisfy { text.contains("alert:   \(AlertMessage.id(of: $0))\n") })
        }
    }

    @Test("nothing is sent without TLS where it is required, nor to a server whose certificate is unknown")
    func noTLS() async throws {
        let plain = try await MailServer(.none)
        let unknown = try await MailServer(.startTLS)
        for server in [plain, unknown] {
            try await DeliveryBench.with { bench in
                var bench = bench
                bench.settings = try Self.settings(server)
                bench.settings.authorities = nil
                _ = try await bench.subscribe("alice", .email, Self.to("a@example.org"))
                try await bench.add(1, of: "alice")
                let deliverer = try await bench.delivering { [bench] _ in
                    try await bench.wait(for: "alice", .givenUp)
                }
                // It is our own trouble, for which no subscription is disabled.
                #expect(deliverer.counts[.email] == .init(failed: 3, givenUp: 1))
                #expect(try server.lines.isEmpty)
            }
        }
    }

    @Test("a refusal for good is given up at once, one for now tried again", arguments: ["unknown", "data"])
    func refusals(_ name: String) async throws {
        let server = try await MailServer(.none)
        try await DeliveryBench.with { bench in
            var bench = bench
            bench.settings = try Self.settings(server, requiresTLS: false)
            let refused = try await bench.subscribe("alice", .email, Self.to("\(name)@example.org"))
            _ = try await bench.subscribe("bob", .email, Self.to("later@example.org"))
            _ = try await bench.subscribe("carol", .email, Self.to("later-data@example.org"))
            for client in ["alice", "bob", "carol"] { try await bench.add(1, of: client) }
            var deliverer = try await bench.delivering { [bench] _ in
                try await bench.wait(for: "alice", .givenUp)
                for client in ["bob", "carol"] { try await bench.wait(for: client, .delivered) }
            }
            #expect(deliverer.counts[.email] == .init(delivered: 2, failed: 3, givenUp: 1))
            #expect(try await bench.store.subscription(refused.id, of: nil)?.isEnabled == true)
            // Ten in a row are enough.
            _ = try await bench.store.add((0..<9).map { try .sample("more\($0)") })
            deliverer = try await bench.delivering { [bench] _ in try await bench.wait(for: "alice", .givenUp) }
            #expect(deliverer.counts[.email].disabled == 1)
            #expect(try await bench.store.subscription(refused.id, of: nil)?.isEnabled == false)
        }
    }

    @Test("that the server does not take our sender is no fault of a client")
    func senderRefused() async throws {
        let server = try await MailServer(.none, ["--sender-refused"])
        try await DeliveryBench.with { bench in
            var bench = bench
            bench.settings = try Self.settings(server, requiresTLS: false)
            _ = try await bench.subscribe("alice", .email, Self.to("a@example.org"))
            try await bench.add(1, of: "alice")
            let deliverer = try await bench.delivering { [bench] _ in try await bench.wait(for: "alice", .givenUp) }
            #expect(deliverer.counts[.email] == .init(failed: 3, givenUp: 1))
        }
    }

    @Test(
        "names cannot add header fields, recipients or parts, and arrive as they are",
        arguments: [
            "alice\r\nBcc: eve@example.org", "alice\nSubject: x\n\nbody", "a\r\n.\r\nMAIL FROM:<eve@example.org>",
            "=?utf-8?B?QmNjOg==?=", "Zoé Ångström 王小明 👩🏽‍🚀", "\u{202E}txt.exe", "\u{2028}x\u{85}y\u{1b}[31m",
            String(repeating: "ö", count: 120), String(repeating: "long ", count: 50),
        ])
    func injection(_ name: String) async throws {
        let server = try await MailServer(.none)
        let settings = try Self.settings(server, requiresTLS: false)
        let engine = try TransferEngine()
        defer { engine.close() }
        let channel = EmailChannel(smtp: try #require(settings.smtp), authorities: nil, engine: engine)
        let subscription = try Subscription(
            client: name, above: 0, channel: .email, configuration: Self.to("a@example.org"), name: name)
        let attempt = await channel.tell(subscription, of: [.sample(of: subscription, image: name)])
        #expect(attempt.result == .delivered)
        let mails = try server.mails
        #expect(mails.count == 1 && mails[0].recipients == ["a@example.org"])
        let data = try #require(mails[0].data)
        #expect(
            data.split(separator: "\r\n").allSatisfy {
                $0.utf8.count <= 76 || $0.hasPrefix("List-Unsubscribe: <https:")
            })
        let read = try Self.read(data)
        let names = [
            "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
            "Auto-Submitted", "List-Unsubscribe",
        ]
        #expect(Set(read.headers.keys) == Set(names) && read.defects == 0)
        let shown = EmailMessage.onOneLine(name)
        #expect(read.headers["Subject"] == "12.34 % red: a picture of \(shown) (\(shown))")
        #expect(read.text.contains("picture: \(shown)\n") && !read.text.contains("\u{1b}"))
    }

    @Test("per cent are exact")
    func percent() {
        for (value, text) in [
            (0, "0 %"), (1, "0.0001 %"), (93_165, "9.3165 %"), (500_000, "50 %"), (1_000_000, "100 %"),
        ] {
            #expect(EmailMessage.percent(value) == text)
        }
        #expect(EmailMessage.percent(120_500) == "12.05 %")
    }

    @Test("what an operator gets wrong is said")
    func settings() throws {
        func words(_ body: () throws -> Void) -> String? {
            (#expect(throws: SettingsMistake.self) { try body() })?.description
        }
        #expect(
            words { _ = try SMTPSettings(server: "example.org", from: "a@example.org") }
                == "the mail server 'example.org' is not smtp://HOST:PORT or smtps://HOST:PORT")
        #expect(
            words { _ = try SMTPSettings(server: "smtp://example.org", from: "red") }
                == "mails cannot be from 'red': give an address as red-stats@example.org")
        #expect(
            words {
                _ = try SMTPSettings(
                    server: "smtp://example.org", from: "a@example.org", requiresTLS: false,
                    credentials: .init(user: "u", password: "p"))
            } == "the mail server 'smtp://example.org': a password is not sent without TLS; require it")
    }
}

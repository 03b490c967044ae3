import REDStats
import Testing
import WallClock

@Suite("Subscriptions' configurations")
struct ConfigurationTests {
    private static let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"

    private func settings() throws -> DeliverySettings {
        var settings = DeliverySettings()
        settings.smtp = try SMTPSettings(server: "smtp://localhost:25", from: "red@example.org")
        return settings
    }

    @Test("a webhook without a secret gets one, which is shown this once and stays when the URL changes")
    func secrets() throws {
        let settings = try settings()
        let new = try ChannelConfiguration(.webhook, #"{"url":"https://example.org/hook"}"#, settings)
        let secret = try #require(new.newSecret)
        #expect(secret.hasPrefix("whsec_") && secret.utf8.count == 6 + 32)
        #expect(new.json == #"{"secret":"\#(secret)","url":"https://example.org/hook"}"#)
        #expect(new.shown == #"{"url":"https://example.org/hook"}"#)
        let changed = try ChannelConfiguration(
            .webhook, #"{"url":"https://example.org/2"}"#, previous: new.json, settings)
        #expect(changed.newSecret == nil && changed.json == #"{"secret":"\#(secret)","url":"https://example.org/2"}"#)
        let own = try ChannelConfiguration(
            .webhook, #"{"url":"https://example.org/","secret":"\#(Self.secret)"}"#, previous: new.json, settings)
        #expect(own.newSecret == nil && own.json.contains(Self.secret) && !own.shown.contains("whsec_"))
        #expect(try ChannelConfiguration(.webhook, #"{"url":"https://example.org/"}"#, settings).newSecret != secret)
    }

    @Test("URLs are kept as libcurl reads them")
    func normalised() throws {
        var settings = try settings()
        settings.allowsHTTP = true
        settings.allowedPorts = nil
        for (url, normal) in [
            ("HTTPS://example.org", "https://example.org/"), ("https://example.org/a#b", "https://example.org/a"),
            ("http://0x01010101:8080/", "http://1.1.1.1:8080/"),
        ] {
            let found = try ChannelConfiguration(.webhook, #"{"url":"\#(url)"}"#, settings)
            #expect(found.shown == #"{"url":"\#(normal)"}"#)
        }
    }

    @Test(
        "what cannot be used is refused, in words, with its member",
        arguments: [
            (.webhook, "", "'configuration': it is not a JSON object"),
            (.webhook, "[]", "'configuration': it is not a JSON object"),
            (.webhook, "{}", "'configuration.url': it is missing"),
            (.webhook, #"{"url":1}"#, "'configuration.url': it is not a string"),
            (.webhook, #"{"uri":"x"}"#, "'configuration.uri': there is no such member; 'url' and 'secret'"),
            (
                .webhook, #"{"url":"http://example.org/"}"#,
                "'configuration.url': it is not a URL that begins with https://, without user and password"
            ),
            (
                .webhook, #"{"url":"https://a:b@example.org/"}"#,
                "'configuration.url': it is not a URL that begins with https://, without user and password"
            ),
            (
                .webhook, #"{"url":"https://example.org/ a\r\nX: b"}"#,
                "'configuration.url': it is not a URL that begins with https://, without user and password"
            ),
            (
                .webhook, #"{"url":"https://example.org:8443/"}"#,
                "'configuration.url': port 8443 is not allowed; these are: 80, 443"
            ),
            (
                .webhook, #"{"url":"https://2130706433/"}"#,
                "'configuration.url': 127.0.0.1 is not a public address: loopback"
            ),
            (
                .webhook, #"{"url":"https://[::ffff:10.0.0.1]/"}"#,
                "'configuration.url': 10.0.0.1 is not a public address: private"
            ),
            (.webhook, #"{"url":"https://[fd00::1]/"}"#, "'configuration.url': fd00::1 is not a public address"),
            (
                .webhook, #"{"url":"https://example.org/","secret":"whsec_AAAA"}"#,
                "'configuration.secret': it is not 'whsec_' and 24 to 64 bytes in Base64"
            ),
            (.email, #"{"to":"a@b"}"#, "'configuration.to': it is not one mail address in ASCII, as name@example.org"),
            (.broker, #"{"topic":"x"}"#, "'configuration.topic': there is no such member; there are none"),
            (.stream, #"{"a":"x"}"#, "'configuration.a': there is no such member; there are none"),
        ] as [(Subscription.Channel, String, String)])
    func refused(_ channel: Subscription.Channel, _ json: String, _ words: String) throws {
        let settings = try settings()
        let mistake = #expect(throws: ConfigurationMistake.self) {
            try ChannelConfiguration(channel, json, settings)
        }
        #expect(mistake?.description == words)
    }

    @Test("mail needs a server")
    func noServer() {
        #expect(throws: ConfigurationMistake.self) {
            try ChannelConfiguration(.email, #"{"to":"a@example.org"}"#, DeliverySettings())
        }
    }

    @Test(
        "mail addresses that could be more than one, or end a line, are none",
        arguments: [
            "", "a", "@example.org", "a@", "a@@example.org", "a@example.org,b@example.org", "a b@example.org",
            "a@example.org\r\nBcc: b@example.org", "a@example.org\n", "<a@example.org>", "\"a b\"@example.org",
            "a@exam ple.org", "a..b@example.org", ".a@example.org", "a.@example.org", "-a@example.org",
            "a@-example.org", "a@example-.org", "a@[127.0.0.1]", "ä@example.org", "a@exämple.org", "a@example.org\u{0}",
            String(repeating: "a", count: 65) + "@example.org", "a@" + String(repeating: "a.", count: 130) + "org",
        ])
    func addresses(_ text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test("others are", arguments: ["a@example.org", "a.b+c@example.co.uk", "o'neill@x-y.example", "root@localhost"])
    func goodAddresses(_ text: String) {
        #expect(EmailAddress(text)?.text == text)
    }

    @Test("tries are ten over three days, in time a fifth sooner or later, and not before a receiver wants them")
    func schedule() {
        let schedule = RetrySchedule()
        let now = Timestamp(milliseconds: 0)
        let hours = schedule.pauses.reduce(0, +) / 3_600
        #expect(schedule.pauses.count == 9 && (75..<76).contains(hours))
        #expect(schedule.next(after: 1, at: now, chance: 0) == Timestamp(milliseconds: 4_000))
        #expect(schedule.next(after: 1, at: now, chance: 1) == Timestamp(milliseconds: 6_000))
        #expect(schedule.next(after: 1, at: now, wait: 60) == Timestamp(milliseconds: 60_000))
        #expect(schedule.next(after: 1, at: now, wait: .max) == Timestamp(milliseconds: 86_400_000))
        #expect(schedule.next(after: 9, at: now, wait: -1, chance: 0.5) == Timestamp(milliseconds: 86_400_000))
        #expect(schedule.next(after: 10, at: now) == nil)
    }
}

import REDEvents
import TestSupport
import Testing
import WallClock

@testable import REDStats

@Suite("Addresses that webhooks may not be at")
struct AddressTests {
    private let policy = AddressPolicy(allowed: [], ports: [80, 443])

    @Test(
        "special addresses of IPv4 and IPv6, and all that lead to them, are refused",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
            "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1",
            "198.19.255.255", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
            "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.1.2.3",
            "64:ff9b::7f00:1",
            "64:ff9b::169.254.169.254", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "::ffff:0:127.0.0.1",
        ])
    func refused(_ text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(policy.refusal(of: address, port: 443) != nil)
    }

    @Test(
        "public ones are not",
        arguments: [
            "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
            "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "198.17.255.255",
            "198.20.0.0", "223.255.255.255", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2001:200::1", "2606:4700::1111",
            "2a00:1450::1", "3ffe::1",
        ])
    func allowed(_ text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(policy.refusal(of: address, port: 443) == nil)
        #expect(policy.refusal(of: address, port: 25) != nil)
    }

    @Test("the operator's own networks are allowed, in each form of an address")
    func operators() throws {
        let ranges = try ["10.1.0.0/16", "fd00::/8", "127.0.0.1"].map { try #require(AddressRange($0)) }
        let policy = AddressPolicy(allowed: ranges, ports: nil)
        for text in ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd00::1", "127.0.0.1"] {
            #expect(policy.refusal(of: try #require(NetworkAddress(text)), port: 8_080) == nil, "\(text)")
        }
        for text in ["10.2.0.1", "fc00::1", "127.0.0.2"] {
            #expect(policy.refusal(of: try #require(NetworkAddress(text)), port: 80) != nil, "\(text)")
        }
        #expect(ranges.map(\.description) == ["10.1.0.0/16", "fd00::/8", "127.0.0.1/32"])
        for text in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/-1", "x", "10.0.0.0/8/9", "0x7f.1"] {
            #expect(AddressRange(text) == nil, "\(text)")
        }
    }

    @Test("what the operator refuses is refused though it is public, or allowed")
    func operatorsRefusals() throws {
        let one = try #require(AddressRange("1.1.1.0/24"))
        let policy = AddressPolicy(allowed: [one], refused: [one], ports: nil)
        let address = try #require(NetworkAddress("1.1.1.1"))
        #expect(policy.refusal(of: address, port: 443) == "1.1.1.1 is refused by this server")
    }

    /// `PORT` is a port that is listened at, on all addresses of this machine.
    private static let urls = [
        "http://127.0.0.1:PORT/", "http://127.1:PORT/", "http://127.0.1:PORT/", "http://0x7f000001:PORT/",
        "http://0x7f.0x0.0x0.0x1:PORT/", "http://0x7f.1:PORT/", "http://2130706433:PORT/", "http://017700000001:PORT/",
        "http://0177.0.0.1:PORT/", "http://0177.1:PORT/", "http://127.0.0.1.:PORT/", "http://127.2.3.4:PORT/",
        "http://0:PORT/", "http://0.0.0.0:PORT/", "http://0x0:PORT/", "http://localhost:PORT/",
        "http://LOCALHOST:PORT/",
        "http://localhost.:PORT/", "http://[::1]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[::]:PORT/",
        "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/",
        "http://[::ffff:169.254.169.254]:PORT/", "http://[::127.0.0.1]:PORT/", "http://[64:ff9b::127.0.0.1]:PORT/",
        "http://[fe80::1%25lo]:PORT/", "http://[fc00::1]:PORT/", "http://[ff02::1%25lo]:PORT/",
        "http://169.254.169.254:PORT/latest/meta-data", "http://100.64.0.1:PORT/", "http://10.0.0.1:PORT/",
        "http://192.168.0.1:PORT/", "http://172.16.0.1:PORT/", "http://user@127.0.0.1:PORT/",
        "http://1.1.1.1@127.0.0.1:PORT/", "http://127.0.0.1:PORT#@1.1.1.1/", "http://1.1.1.1\\@127.0.0.1:PORT/",
        "http://１２７.0.0.1:PORT/", "http://127。0。0。1:PORT/", "file:///etc/passwd", "gopher://127.0.0.1:PORT/_x",
        "dict://127.0.0.1:PORT/x", "ftp://127.0.0.1:PORT/", "http:127.0.0.1:PORT", "//127.0.0.1:PORT/",
        "http://HOSTNAME:PORT/",
    ]

    @Test("none of 48 spellings is connected to, whether or not it is refused earlier")
    func spellings() async throws {
        let listener = try ConnectionCounter()
        var settings = DeliverySettings()
        (settings.allowsHTTP, settings.allowedPorts) = (true, nil)
        let engine = try TransferEngine()
        defer { engine.close() }
        for form in Self.urls {
            let url = form.replacing("PORT", with: "\(listener.port)").replacing("HOSTNAME", with: listener.hostName)
            // As a subscription's, and with nothing that looks at the URL itself.
            let subscription = try Subscription(
                client: "alice", above: 0, channel: .webhook,
                configuration: String(
                    decoding: JSONStrings.object(["url": url, "secret": WebhookReceiver.secret]), as: UTF8.self))
            let channel = WebhookChannel(settings: settings, engine: engine)
            let attempt = await channel.tell(subscription, of: [Alert.sample(of: subscription)])
            guard case .failed = attempt.result else {
                Issue.record("\(url): \(attempt)")
                continue
            }
            let result = await engine.perform(
                TransferRequest(
                    url: url, form: .post(headers: []), body: [], timeoutMilliseconds: 3_000, policy: settings.policy))
            #expect(result.problem != nil, "\(url)")
        }
        #expect(listener.count == 0)
        // The listener does count.
        let open = TransferRequest(
            url: "http://127.1:\(listener.port)/", form: .post(headers: []), body: [], timeoutMilliseconds: 3_000)
        _ = await engine.perform(open)
        #expect(listener.count == 1)
    }

    @Test("what is refused is said")
    func words() async throws {
        let engine = try TransferEngine()
        defer { engine.close() }
        let policy = AddressPolicy(allowed: [], ports: nil)
        let result = await engine.perform(
            TransferRequest(
                url: "http://192.0.2.1/", form: .post(headers: []), body: [], timeoutMilliseconds: 500, policy: policy))
        #expect(result.problem == "192.0.2.1 is not a public address: documentation")
    }
}

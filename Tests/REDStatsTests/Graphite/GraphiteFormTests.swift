import REDEvents
import SeededRandom
import StatsSamples
import Testing

@testable import REDStats

@Suite("The form of what Graphite is sent")
struct GraphiteFormTests {
    @Test("no two clients have one name, and each is one part of a metric's name and one folder's")
    func namesAreInjective() {
        var numbers = SeededGenerator(seed: 5)
        let bytes: [UInt8] = Array("ab_h2E.A5F /\u{7F}\u{1}é".utf8)
        let random = (0..<3_000).map { _ in
            let count = Int.random(in: 1...(Bool.random(using: &numbers) ? 5 : 256), using: &numbers)
            return String(
                decoding: (0..<count).map { _ in bytes.randomElement(using: &numbers) ?? 0 }, as: UTF8.self)
        }
        // Names of other names, too.
        let clients = Set((GraphiteSamples.clients + random).flatMap { [$0, GraphiteName.of($0)] }.map(ExactText.init))
        let names = Set(clients.map { GraphiteName.of($0.text) })
        #expect(names.count == clients.count)
        #expect(names.allSatisfy { (1...200).contains($0.utf8.count) && $0.utf8.allSatisfy(GraphiteName.isPlain) })
    }

    @Test(
        "names can be read",
        arguments: [
            ("ann-7", "ann-7"), ("a.b", "a_2Eb"), ("a_b", "a__b"), ("a b/c", "a_20b_2Fc"), ("é", "_C3_A9"),
            (".", "_2E"),
        ])
    func names(_ client: String, _ name: String) { #expect(GraphiteName.of(client) == name) }

    @Test("a band has its upper bound in it, so that bands from a bound on are what is above it")
    func bands() {
        let bands = MinuteBands(minute: 3, images: 10, above: [9, 7, 7, 7, 6, 6, 6, 5, 1])
        #expect(bands.bands == [1, 2, 0, 0, 1, 0, 0, 1, 4, 1])
        var lines: [UInt8] = []
        bands.write("p.ann", to: &lines)
        let text = String(decoding: lines, as: UTF8.self).split(separator: "\n")
        #expect(text.count == MinuteBands.lineCount)
        #expect(text.first == "p.ann.images 10 180")
        #expect(text[1] == "p.ann.red.00-10 1 180")
        #expect(text.last == "p.ann.red.90-100 1 180")
    }

    @Test("a minute that was sent is sent once more, unless it waits to be sent anyway")
    func settling() throws {
        var settings = GraphiteSettings.here(CarbonAddress(host: "carbon"), prefix: "p")
        settings.settling = .zero
        settings.mostWaiting = 3
        let minutes = TouchedMinutes(settings)
        let events = try ["00", "01", "02"].map { try MeasuredEvent.sample($0, time: "2026-11-25T10:\($0):00Z") }
        #expect(minutes.touch(events + events) == 0)
        let keys = minutes.take(10, hurries: true)
        #expect(keys.count == 3 && minutes.count == 0)
        minutes.remember(keys, settles: true)
        // There is no room for more, and it would be harmless.
        minutes.remember(keys, settles: true)
        #expect(minutes.touch([events[1]]) == 0)
        #expect(Set(minutes.takeSettled()) == Set(keys.filter { $0.minute % 60 != 1 }))
        #expect(minutes.takeSettled() == [])
        minutes.remember(keys, settles: false)
        #expect(minutes.takeSettled() == [])
        #expect(minutes.sendAgain() == 0)
        #expect(minutes.count == 3)
    }

    @Test(
        "carbon's address is a name or an address, with a port or not",
        arguments: [
            ("graphite", "graphite:2003"), ("graphite:1", "graphite:1"), ("10.0.0.7:2013", "10.0.0.7:2013"),
            ("[::1]", "[::1]:2003"), ("[::1]:65535", "[::1]:65535"), ("", nil), (":2003", nil), ("a:", nil),
            ("a:0", nil),
            ("a:65536", nil), ("a:+1", nil), ("a b", nil), ("::1", nil), ("[::1", nil), ("[]:1", nil), ("[::1]x", nil),
            ("http://a", nil), ("ä", nil),
        ] as [(String, String?)])
    func addresses(_ text: String, _ address: String?) { #expect(CarbonAddress(text)?.description == address) }

    @Test(
        "a prefix is made of plain parts",
        arguments: [
            ("red-stats", true), ("a.b_c.D", true), ("", false), (".", false), ("a..b", false), ("a.", false),
            ("a b", false),
            ("a/b", false), ("a*", false), ("é", false),
        ])
    func prefixes(_ text: String, _ isOne: Bool) { #expect(GraphiteSettings.isPrefix(text) == isOne) }
}

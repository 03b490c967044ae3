import SeededRandom
import Testing
import TraceLog

@testable import TraceReport

@Suite("Partials that are damaged, or made to harm")
struct HostilePartialTests {
    private static let line: [UInt8] = {
        let log = LogInput.bytes(WrittenLog.watchedPictureService().bytes, name: "server.log")
        do { return try Partial(of: [log]).encoded() } catch { fatalError("\(error)") }
    }()

    private func report(of line: [UInt8]) throws(LogReadError) -> Report {
        var analyser = LogAnalyser()
        try analyser.read(.bytes(line, name: "x.partial"))
        return analyser.report()
    }

    /// Changes bytes, cuts, doubles and moves some.
    private func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.next() % 3 {
            guard !bytes.isEmpty else { return bytes }
            let place = Int(random.next() % UInt64(bytes.count))
            let end = min(bytes.count, place + 1 + Int(random.next() % 12))
            switch random.next() % 7 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes[place] ^= 1 << UInt8(random.next() % 8)
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 4: bytes.replaceSubrange(place..<end, with: repeatElement(0xff, count: Int(random.next() % 11)))
            case 5: bytes[place] = [0, 1, 0x7f, 0x80][Int(random.next() % 4)]
            default: bytes.removeLast(bytes.count - place)
            }
        }
        return bytes
    }

    @Test("a changed line is refused, 10,000 times")
    func lines() throws {
        var random = SeededGenerator(seed: 1)
        let whole = try report(of: Self.line)
        for round in 0..<10_000 {
            let changed = mutated(Self.line, &random)
            guard changed != Self.line else { continue }
            // Bytes after the line feed are lines of their own, and its absence is no damage.
            guard PartialLine.begins(changed), changed != Self.line.dropLast() else { continue }
            do throws(LogReadError) {
                let found = try report(of: changed)
                #expect(found == whole, "round \(round)")
            } catch {
                #expect(error.name == "x.partial" && error.reason?.hasPrefix("line ") == true, "round \(round)")
            }
        }
    }

    @Test(
        "what a changed partial of the right checksum says is refused, or shown and joined, 10,000 times",
        arguments: 0..<4)
    func payloads(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = Self.line.dropLast().split(separator: UInt8(ascii: " "))
        let payload = try #require(Base64.decoded(words[3]))
        let other = try PartialLine.decoded(Self.line.dropLast())
        var taken = 0
        for _ in 0..<2_500 {
            let text = Base64.encoded(mutated(payload, &random))
            let line = Array("hoofprint-partial \(PartialLine.format) \(PartialLine.checksum(text[...])) ".utf8) + text
            let found: Report
            do throws(LogReadError) { found = try report(of: line) } catch { continue }
            taken += 1
            if taken % 50 == 0 {
                _ = JSONRenderer().render(found)
                _ = TextRenderer(width: 100).render(found)
                _ = HTMLRenderer().encoded(found)
            }
            // With what it was made of: the same sessions, other numbers.
            let again = try PartialLine.decoded(line[...])
            #expect(again.count <= 64)
            var model = LogModel(limits: Limits(), symbolSource: nil)
            for piece in other + again { do { try model.take(piece) } catch { break } }
        }
        #expect(taken > 100)
    }

    @Test("base 64 comes back as it was; what is none is refused")
    func base64() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            #expect(Base64.decoded(Base64.encoded(bytes)[...]) == bytes)
        }
        for text in ["A", "AB=", "AAAAA", "A A", "AB\n", "Ā", "//"] {
            #expect(Base64.decoded(Array(text.utf8)[...]) == nil)
        }
    }
}

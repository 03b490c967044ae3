import SeededRandom
import Testing

@testable import HoofprintTracing

@Suite("W3C Trace Context's headers")
struct HeaderTests {
    static let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("traceparent: the standard's own example, with and without the flag `sampled`")
    func example() throws {
        let trace = try #require(TraceParent.read(Self.valid))
        #expect(trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736" && trace.spanID == "00f067aa0ba902b7")
        #expect(trace.isSampled && TraceParent.text(of: trace) == Self.valid)
        let unsampled = try #require(TraceParent.read(Self.valid.dropLast(2) + "00"))
        #expect(!unsampled.isSampled && TraceParent.text(of: unsampled).hasSuffix("-00"))
        // Flags that are not known are not handed on.
        #expect(TraceParent.read(Self.valid.dropLast(2) + "ff").map(TraceParent.text) == Self.valid)
        #expect(TraceParent.read(Self.valid.dropLast(2) + "fe").map(TraceParent.text)?.hasSuffix("-00") == true)
    }

    @Test(
        "traceparent: of a version to come what follows a dash is passed over",
        arguments: [
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like",
            "fe-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
        ])
    func future(text: String) {
        #expect(TraceParent.read(text).map(TraceParent.text) == Self.valid)
    }

    static let numbers = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"

    @Test(
        "traceparent: what is none",
        arguments: [
            "", "00", "00-\(numbers)", "00-\(numbers)-01-", "00-\(numbers)-01.", "00-\(numbers)-1", "0-\(numbers)-011",
            "ff-\(numbers)-01", "cc-\(numbers)-01.x", "00_\(numbers)-01", " 00-\(numbers)-01", "00-\(numbers)-0é",
            "00-\(numbers.uppercased())-01", "00-\(numbers.replacing("6-", with: "g-"))-01",
            "00-\(String(repeating: "0", count: 32))-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-\(String(repeating: "0", count: 16))-01",
        ])
    func malformed(text: String) {
        #expect(TraceParent.read(text) == nil)
    }

    @Test("traceparent: read as a slow reader of the standard's grammar reads it, however it is damaged")
    func damaged() {
        var random = SeededGenerator(seed: 20_261_126)
        var valid = 0
        for _ in 0..<20_000 {
            let text = Self.damage(&random)
            let expected = SlowTraceParent.read(text)
            let found = TraceParent.read(text).map { [$0.traceID, $0.spanID, $0.isSampled ? "1" : "0"] }
            #expect(found == expected, "\(text)")
            if expected != nil { valid += 1 }
        }
        #expect(valid > 1_000 && valid < 19_000)
    }

    private static func damage(_ random: inout SeededGenerator) -> String {
        let digits = Array("0123456789abcdef"), others = Array("0fg-AF._ é\u{0}")
        func any(_ characters: [Character]) -> Character {
            characters[Int.random(in: 0..<characters.count, using: &random)]
        }
        var text = Array("00-")
        for count in [32, 16] {
            let isZero = Int.random(in: 0..<12, using: &random) == 0
            text += (0..<count).map { _ in isZero ? "0" : any(digits) } + ["-"]
        }
        text += ["0", any(digits)]
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let place = Int.random(in: 0..<text.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: text[place] = any(others)
            case 1: text.remove(at: place)
            case 2: text.insert(any(digits), at: place)
            case 3: text.replaceSubrange(0..<2, with: [any(digits), "f"])
            default: text += ["-", any(others)]
            }
        }
        return String(text)
    }

    @Test(
        "tracestate: handed on unchanged",
        arguments: [
            "congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", " a=b\t, c=d ,,e/_-*9=!~ x ",
            "0tenant@system=1", (1...32).map { "k\($0)=v" }.joined(separator: ","),
            String(repeating: "k", count: 256) + "=" + String(repeating: "v", count: 256),
            String(repeating: "t", count: 241) + "@" + String(repeating: "s", count: 14) + "=v",
        ])
    func state(text: String) {
        #expect(TraceState.checked(text) == text)
    }

    @Test(
        "tracestate: what is none is dropped",
        arguments: [
            "", " ", ",", "a", "a=", "=a", "A=b", "a=b=c", "1a=b", "a@1=b", "a@b@c=d", "@a=b", "a@=b", "a b=c",
            "a=b,a=c",
            "a=é", "a=b\u{7f}", "é=a",
            (1...33).map { "k\($0)=v" }.joined(separator: ","),
            String(repeating: "k", count: 257) + "=v",
            "k=" + String(repeating: "v", count: 257), String(repeating: "t", count: 242) + "@s=v",
            "t@" + String(repeating: "s", count: 15) + "=v",
        ])
    func noState(text: String) {
        #expect(TraceState.checked(text) == nil)
    }
}

/// The standard's grammar, character by character: `version "-" trace-id "-" parent-id "-" trace-flags`.
private enum SlowTraceParent {
    static func read(_ text: String) -> [String]? {
        let scalars = Array(text.unicodeScalars)
        func part(_ from: Int, _ count: Int) -> String? {
            guard scalars.count >= from + count else { return nil }
            let digits = scalars[from..<from + count].map(String.init)
            return digits.allSatisfy { "0123456789abcdef".contains($0) } ? digits.joined() : nil
        }
        guard let version = part(0, 2), let trace = part(3, 32), let parent = part(36, 16), let flags = part(53, 2),
            [2, 35, 52].allSatisfy({ scalars[$0] == "-" }), version != "ff",
            trace.contains(where: { $0 != "0" }), parent.contains(where: { $0 != "0" })
        else { return nil }
        if scalars.count > 55, version == "00" || scalars[55] != "-" { return nil }
        return [trace, parent, "13579bdf".contains(flags.suffix(1)) ? "1" : "0"]
    }
}

import JSONDiff
import Testing

/// Whether values are equal, found without their difference.
@Suite("Equality")
struct EqualityTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(
        "of texts that are written in other ways",
        arguments: [
            ("{\"a\":1,\"b\":[2]}", "{ \"b\" : [2.0], \"a\" : 1e0 }"), ("\"\\u0041/\"", "\"A\\/\""),
            ("[{\"a\":{}},null]", "[ {\"a\":{ }}, null ]"), ("-0", "0"),
        ])
    func equal(left: String, right: String) throws {
        #expect(try isEqual(Self.bytes(left), Self.bytes(right)))
        #expect(try isEqual(Self.bytes(right), Self.bytes(left), threads: 1))
    }

    @Test(
        "is not there",
        arguments: [
            ("{\"a\":1}", "{\"a\":1,\"b\":2}"), ("{}", "{\"a\":1}"), ("[1,2]", "[2,1]"), ("[]", "{}"),
            ("[1]", "[\"1\"]"),
            ("true", "false"), ("{\"a\":1,\"b\":2}", "{\"b\":1,\"a\":2}"), ("\"a\"", "\"b\""), ("[[1],2]", "[[1,2]]"),
        ])
    func different(left: String, right: String) throws {
        #expect(try !isEqual(Self.bytes(left), Self.bytes(right)))
        #expect(try !isEqual(Self.bytes(right), Self.bytes(left)))
    }

    @Test(
        "of a text with one wrong byte is an error where nothing differs before it",
        arguments: ["[1,2", "[1,2]]", "[01]"])
    func wrong(text: String) throws {
        #expect(throws: JSONTextsError.self) { try isEqual(Self.bytes(text), Self.bytes(text)) }
        #expect(throws: JSONTextsError.self) { try isEqual(Self.bytes(text + " "), Self.bytes(" " + text)) }
    }

    /// Long, so that the first bytes that differ are in a later piece of the index, in or outside of strings, with escapes.
    @Test("is the same as an empty difference wherever the texts differ", arguments: 0..<40)
    func agrees(place: Int) throws {
        let elements = (0..<4000).map { "{\"id\":\($0),\"text\":\"a \\\"quoted\\\" name, \\u00e9 \($0)\"}" }
        let old = Self.bytes("[" + elements.joined(separator: ",") + "]")
        for replacement in ["0", "\"", " ", "}", "x"] {
            var new = old
            new[20_000 + place * 4_111] = Self.bytes(replacement)[0]
            // Where the text is no JSON any more, a difference before that may have been enough.
            guard let difference = try? compare(old, new) else { continue }
            #expect(try isEqual(old, new) == difference.isEmpty, "\(place), \(replacement)")
        }
    }
}

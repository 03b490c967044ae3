import Testing

@testable import JSONDiff

@Suite("Reading strings and keys")
struct ReadingStringsTests {
    private static func isEqual(_ first: String, _ second: String, normalizes: Bool = false) throws -> Bool {
        var options = JSONOptions()
        options.normalizes = normalizes
        return try compare(Array(first.utf8), Array(second.utf8), options: options).isEmpty
    }

    /// Spellings of strings: those in a row are equal, those of different rows are not.
    private static let rows: [[String]] = [
        ["é", #"\u00e9"#, #"\u00E9"#], ["e\u{301}", #"e\u0301"#, #"\u0065\u0301"#],
        ["😀", #"\ud83d\ude00"#, #"\uD83D\uDE00"#], [#"\ud83d"#, #"\uD83D"#], [#"\ude00"#], [#"\ude00\ud83d"#],
        [#"\ud800"#], [#"\udfff"#], ["\u{FFFD}", #"\ufffd"#], [#"\ud800\ud83d\ude00"#, #"\uD800😀"#],
        [#"\ud83d\u0041"#, #"\ud83dA"#], [#"\n"#, #"\u000a"#], [#"\""#, #"\u0022"#], [#"\\"#, #"\u005c"#],
        ["/", #"\/"#, #"\u002f"#], [""], [#"\u0000"#], [" "], ["a\u{7F}"], ["\u{10FFFF}", #"\udbff\udfff"#],
        [#"\\u00e9"#], ["Å", #"\u00c5"#], ["\u{212B}", #"\u212b"#],
        ["a longer string é", #"\u0061 longer string \u00e9"#],
    ]

    @Test("strings are equal if their code points are, as values, as keys, and in small and large containers")
    func spellings() throws {
        let long = String(repeating: "x", count: 80)
        let frames: [(String) -> String] = [
            { "\"\($0)\"" }, { "[\"\($0)\"]" }, { "{\"\($0)\":1}" }, { "{\"\($0)\":{\"\(long)\":1}}" },
            { "[[\"\(long)\"],{\"a\":\"\($0)\"}]" }, { "\"\(long)\($0)\"" },
        ]
        for (index, row) in Self.rows.enumerated() {
            for (otherIndex, other) in Self.rows.enumerated() {
                for first in row {
                    for second in other {
                        for frame in frames {
                            let isSame = try Self.isEqual(frame(first), frame(second))
                            #expect(isSame == (index == otherIndex), "\(frame(first)) and \(frame(second))")
                        }
                    }
                }
            }
        }
    }

    @Test("strings that Unicode says are equal are so where that is asked for")
    func normalized() throws {
        for (first, second, isSame) in [
            ("é", "e\u{301}", true), ("\u{212B}", "Å", true), (#"\u0065\u0301"#, "é", true), ("e", "é", false),
            (#"\ud800e\u0301"#, #"\ud800é"#, true), (#"\ud800"#, #"\udfff"#, false), (#"\ud800"#, "\u{FFFD}", false),
            ("ﬁ", "fi", false),
        ] {
            for frame in ["\"#\"", "{\"#\":[1]}", "[\"#\",{}]"] {
                let texts = [first, second].map { frame.replacing("#", with: $0) }
                #expect(try Self.isEqual(texts[0], texts[1], normalizes: true) == isSame, "\(texts)")
            }
        }
    }

    @Test("where NFC and NFD are equal, a change under a key is made in either spelling, and taken back")
    func normalizedPaths() throws {
        var options = JSONOptions()
        options.normalizes = true
        let old = try JSONDocument(Array("{\"é\":{\"a\":1}}".utf8), options: options)
        let new = try JSONDocument(Array("{\"e\u{301}\":{\"a\":2}}".utf8), options: options)
        let difference = try compare(old, new)
        #expect(difference.changes.count == 1)
        #expect(try compare(JSONDocument(difference.applied(to: old), options: options), new).isEmpty)
        #expect(try compare(JSONDocument(difference.reverted(on: new), options: options), old).isEmpty)
        #expect(throws: JSONReadingError.self) {
            try JSONDocument(Array("{\"é\":1,\"e\u{301}\":1}".utf8), options: options)
        }
    }

    @Test(
        "escapes that JSON does not have are refused, with their place",
        arguments: [#"\a"#, #"\'"#, #"\x41"#, #"\u12"#, #"\u123g"#, #"\U0041"#, #"\u 123"#, #"\ud800\u12"#, #"\u{41}"#])
    func wrongEscapes(escape: String) {
        for before in ["", "é", String(repeating: "a", count: 70)] {
            let text = "[\"\(before)\(escape)\"]"
            let error = #expect(throws: JSONReadingError.self) { try JSONDocument(Array(text.utf8)) }
            let place = 2 + before.utf8.count + (escape.hasPrefix(#"\ud800"#) ? 6 : 0)
            #expect(error?.offset == place, "\(text)")
        }
    }

    @Test(
        "comments and commas before brackets are taken in JSONC, and only there",
        arguments: [
            ("// é\n[1,/* \" */2,]", "[1,2]"), ("{\"a\":1,}/**/", "{\"a\":1}"),
            ("[\"//\",\"/*\"]//", "[\"//\",\"/*\"]"),
            ("[[1,],]", "[[1]]"),
        ])
    func comments(text: String, meaning: String) throws {
        var options = JSONOptions()
        options.syntax = .jsonc
        let commented = Array(text.utf8), plain = Array(meaning.utf8)
        #expect(try compare(commented, plain, options: options).isEmpty)
        if text != meaning { #expect(throws: JSONReadingError.self) { try JSONDocument(commented) } }
        // What a patch takes from such a text is plain JSON.
        let patch = try JSONPatch(compare(Array("0".utf8), commented, options: options))
        let result = try JSONPatch(JSONDocument(patch.bytes)).applied(to: JSONDocument(Array("0".utf8)))
        #expect(try compare(result, plain).isEmpty)
    }

    @Test(
        "what is wrong in JSONC is refused",
        arguments: [
            ("[,]", 1), ("[1,,]", 3), ("{,}", 1), ("[1]/*", 3), ("[1]/", 3), ("/* é */ x", 9), ("tr/**/ue", 0),
            ("[1 /**/ 2]", 8),
            ("[1,", 3),
        ])
    func wrongComments(text: String, place: Int) {
        var options = JSONOptions()
        options.syntax = .jsonc
        let error = #expect(throws: JSONReadingError.self) { try JSONDocument(Array(text.utf8), options: options) }
        #expect(error?.offset == place)
        #expect(error?.column == String(decoding: Array(text.utf8)[..<place], as: UTF8.self).unicodeScalars.count + 1)
    }

    @Test("a comment that is not UTF-8 is refused")
    func commentNotUTF8() {
        var options = JSONOptions()
        options.syntax = .jsonc
        let error = #expect(throws: JSONReadingError.self) {
            try JSONDocument(Array("[1]//a".utf8) + [0xFF], options: options)
        }
        #expect(error?.offset == 6)
    }

    @Test("lines are the elements of an array, with or without a byte order mark")
    func lines() throws {
        var options = JSONOptions()
        options.syntax = .ndjson
        for mark in ["", "\u{FEFF}"] {
            let old = try JSONDocument(Array((mark + "{\"a\":1}\n2\n\n[3]\n").utf8), options: options)
            let new = try JSONDocument(Array("{\"a\":2}\n[3]\n4".utf8), options: options)
            let difference = try compare(old, new)
            let applied = try difference.applied(to: old)
            #expect(try compare(JSONDocument(applied, options: options), new).isEmpty)
            let reverted = try difference.reverted(on: new)
            #expect(try compare(JSONDocument(reverted, options: options), old).isEmpty)
        }
        for (text, place) in [("1 2", 2), ("[1]{}", 3), ("1\n2 3\n", 4), ("1\nx", 2), ("1,2", 1)] {
            let error = #expect(throws: JSONReadingError.self) { try JSONDocument(Array(text.utf8), options: options) }
            #expect(error?.offset == place, "\(text)")
        }
        #expect(try compare(Array("".utf8), Array("\n \n".utf8), options: options).isEmpty)
    }
}

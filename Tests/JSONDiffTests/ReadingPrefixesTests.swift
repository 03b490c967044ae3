import JSONSamples
import Testing

@testable import JSONDiff

@Suite("Refusing texts that are cut off or damaged")
struct ReadingPrefixesTests {
    /// A text of some 10 kB with everything in it that JSON has.
    private static let document: [UInt8] = {
        var generator = SampleGenerator(seed: 10)
        let head =
            "{\n\t\"é\\u00e9 \\\\\\\" \\ud83d\\ude00 😀€\": [true, false, null, -0.5e+10, 12, 0, \"\"],\r\n \"values\": [\n"
        var bytes = Array(head.utf8)
        while bytes.count < 10_000 {
            let more = generator.text(generator.document())
            if more.count < 2000 { bytes += more + Array(",\n".utf8) }
        }
        return bytes + Array("{}]}".utf8)
    }()

    /// Of how many prefixes one is read: all of them take a minute without optimisation.
    #if DEBUG
    private static let step = 11
    #else
    private static let step = 1
    #endif

    /// Where a prefix is to be refused: at its end, or where the literal or the character begins that is cut.
    private static func places(of text: [UInt8]) -> [Int] {
        var isInString = false, isEscaped = false
        var scalar = 0, character = 0
        return (0..<text.count).map { count in
            defer {
                let byte = text[count]
                let isQuote = byte == UInt8(ascii: "\"") && !isEscaped
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                if isQuote { isInString.toggle() }
                if byte & 0xC0 != 0x80 { character = count }
                if isQuote || " \n\r\t,:[]{}".utf8.contains(byte) { scalar = count + 1 }
            }
            guard count > 0 else { return 0 }
            if isInString {
                return String(validating: text[character..<count], as: UTF8.self) == nil ? character : count
            }
            let word = text[scalar..<count]
            let isWhole = ["true", "false", "null"].contains { word.elementsEqual($0.utf8) }
            let isPartOfLiteral = "tfn".utf8.contains(word.first ?? 0) && !isWhole
            return isPartOfLiteral ? scalar : count
        }
    }

    @Test("every prefix of a text is refused, and the message says the line, the column and the byte")
    func prefixes() throws {
        let text = Self.document
        #expect(throws: Never.self) { try JSONDocument(text) }
        var line = 1, column = 1, place = 0
        var wrong: [String] = []
        for (count, offset) in Self.places(of: text).enumerated() where count % Self.step == 0 {
            // Offsets hardly ever go back, and then by less than a line.
            if offset < place { (line, column, place) = (1, 1, 0) }
            for scalar in String(decoding: text[place..<offset], as: UTF8.self).unicodeScalars {
                (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
            }
            place = offset
            do {
                _ = try JSONDocument(Array(text[..<count]))
                wrong.append("\(count) bytes are taken")
            } catch let error as JSONReadingError {
                if error.offset != offset || error.line != line || error.column != column {
                    wrong.append("\(count) bytes: \(error), not line \(line), column \(column) (byte \(offset))")
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) wrong: \(wrong.prefix(5))")
    }

    @Test("the message says what is wrong and where, as text")
    func messages() {
        let table: [(String, String)] = [
            ("", "line 1, column 1 (byte 0): there is no value"),
            (
                "[1,\n 2",
                "line 2, column 3 (byte 6): a comma or ']' has to stand here, not the end of the text: is the text cut off?"
            ),
            ("{\"é\":\n  x}", "line 2, column 3 (byte 9): a value has to stand here, not 'x'"),
            ("[1 2]", "line 1, column 4 (byte 3): a comma or ']' has to stand here, not '2'"),
            ("{1:2}", "line 1, column 2 (byte 1): a key in quotes has to stand here, not '1'"),
            ("{\"a\" 1}", "line 1, column 6 (byte 5): a colon has to stand here, between a key and its value"),
            (
                "[01]",
                "line 1, column 3 (byte 2): this is no number as JSON has them: a digit is missing, or something is behind it"
            ),
            (
                "\"a",
                "line 1, column 3 (byte 2): the text ends in the string that starts at line 1, column 1: is it cut off?"
            ),
            (
                "\"a\nb\"",
                "line 1, column 3 (byte 2): a line end in a string: write it as an escape, or end the string with a quote"
            ),
            (
                "{\"a\":1,\n\"\\u0061\":2}",
                "line 2, column 1 (byte 8): the object has this key already, at line 1, column 2; "
                    + "say which one counts (duplicates)"
            ),
            ("\u{FEFF}[x]", "line 1, column 2 (byte 4): a value has to stand here, not 'x'"),
        ]
        for (text, message) in table {
            let error = #expect(throws: JSONReadingError.self, "\(text)") { try JSONDocument(Array(text.utf8)) }
            #expect(error?.description == message)
        }
    }

    @Test(
        "bytes that are not UTF-8 are named by their place",
        arguments: [[0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xFF]] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        // At the start, and at the end with the text's length a multiple of 64 too.
        let spaces = [UInt8](repeating: 0x20, count: 64 - bytes.count - 1)
        for (text, offset) in [
            (bytes, 0), (bytes + bytes, 0), (Array("\"".utf8) + bytes + Array("\"".utf8), 1),
            (Array("\"".utf8) + spaces + bytes, 64 - bytes.count),
        ] {
            let error = #expect(throws: JSONReadingError.self, "\(text)") { try JSONDocument(text) }
            #expect(
                error?.offset == offset && error?.problem.contains("UTF-8") == true,
                "\(text): \(error.map { "\($0)" } ?? "")")
        }
    }
}

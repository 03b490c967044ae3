import CJSONIndex
import JSONSamples
import Testing

@testable import JSONDiff

@Suite("Finding tokens")
struct IndexTests {
    /// What is found in a text, in one piece or several.
    struct Index: Equatable {
        var places: [UInt32] = []
        var problems: [UInt32] = []
        var isInString = false
        var isEscaped = false
        var isAfterScalar = false
        var tail: UInt32 = 0

        /// - Parameter pieces: Their lengths: multiples of 64, but for the last.
        init(_ implementation: Int32, _ bytes: [UInt8], pieces: [Int]) {
            var state = hp_json_index_state()
            var at = 0
            for length in pieces {
                // No byte of room more than is said to be needed, so that AddressSanitizer sees writes behind it.
                let piece = Array(bytes[at..<at + length])
                let found = [UInt32](unsafeUninitializedCapacity: length + 64) { buffer, count in
                    count = hp_json_index(implementation, &state, piece, length, UInt32(at), buffer.baseAddress)
                }
                places += found
                problems.append(state.problems)
                at += length
            }
            isInString = state.in_string != 0
            (isEscaped, isAfterScalar) = (state.is_escaped != 0, state.after_scalar != 0)
            tail = state.tail
        }
    }

    /// The same byte by byte, from what the header says.
    static func expected(_ bytes: [UInt8]) -> (places: [UInt32], hasControlCharacter: Bool) {
        var places: [UInt32] = []
        var isInString = false, isEscaped = false, isAfterScalar = false, hasControlCharacter = false
        for (place, byte) in bytes.enumerated() {
            let wasEscaped = isEscaped
            isEscaped = byte == UInt8(ascii: "\\") && !wasEscaped
            let isQuote = byte == UInt8(ascii: "\"") && !wasEscaped
            if isQuote { isInString.toggle() }
            if isInString, byte < 0x20 { hasControlCharacter = true }
            let isOperator = "{}[]:,".utf8.contains(byte), isWhite = " \n\r\t".utf8.contains(byte)
            let isScalar = !isInString && !isQuote && !isOperator && !isWhite
            if isQuote || (isOperator && !isInString) || (isEscaped && isInString) || (isScalar && !isAfterScalar) {
                places.append(UInt32(place))
            }
            isAfterScalar = isScalar
        }
        return (places, hasControlCharacter)
    }

    static let implementations: [Int32] = Array(Set([Int32(HP_JSON_PLAIN), hp_json_index_best()])).sorted()

    private static func pieces(of length: Int, _ generator: inout SampleGenerator) -> [Int] {
        var left = length, pieces: [Int] = []
        while left > 64, !generator.once(in: 8) {
            pieces.append(64 * (1 + generator.below(left / 64)))
            left -= pieces[pieces.count - 1]
        }
        return pieces + [left]
    }

    private static func randomBytes(_ length: Int, _ generator: inout SampleGenerator) -> [UInt8] {
        let characters = Array("{}[]:,\"\"\"\\\\\\ \n\t0123-+.eEtruefalsnl".utf8)
        let pieces: [[UInt8]] = [Array("é".utf8), Array("€".utf8), Array("😀".utf8), Array(repeating: 0x5C, count: 9)]
        let strangers = generator.once(in: 2) ? 0 : 1 + generator.below(40)
        var bytes: [UInt8] = []
        while bytes.count < length {
            if strangers > 0, generator.once(in: strangers) {
                bytes.append(UInt8(truncatingIfNeeded: generator.next()))
            } else if generator.once(in: 12) {
                bytes += pieces[generator.below(pieces.count)]
            } else {
                bytes.append(characters[generator.below(characters.count)])
            }
        }
        return Array(bytes[..<length])
    }

    @Test("every implementation finds what the definition says, however long the text is and wherever it is split")
    func implementationsAgree() {
        for seed in 1...4000 as ClosedRange<UInt64> {
            var generator = SampleGenerator(seed: seed)
            let length = seed <= 300 ? Int(seed) - 1 : generator.below(1000)
            let bytes = Self.randomBytes(length, &generator)
            let pieces = Self.pieces(of: length, &generator)
            let expected = Self.expected(bytes)
            let found = Self.implementations.map { Index($0, bytes, pieces: pieces) }
            #expect(found[0] == found[found.count - 1], "seed \(seed), pieces \(pieces)")
            #expect(found[0].places == expected.places, "seed \(seed), pieces \(pieces)")
            let problems = found[0].problems.reduce(0, |)
            let hasControlCharacter = problems & UInt32(HP_JSON_CONTROL_CHARACTER) != 0
            #expect(hasControlCharacter == expected.hasControlCharacter, "seed \(seed), pieces \(pieces)")
            // A character that the text ends in, at the end of a block, is left to whoever knows that it ends.
            if length % 64 != 0 {
                let isUTF8 = problems & UInt32(HP_JSON_BAD_UTF8) == 0
                #expect(isUTF8 == (String(validating: bytes, as: UTF8.self) != nil), "seed \(seed), pieces \(pieces)")
            }
        }
    }

    @Test("every byte is the same to every implementation, in a string and outside")
    func everyByte() {
        for byte in 0...255 as ClosedRange<UInt8> {
            for (before, after) in [("", ""), ("\"", "\""), ("\"\\", "\""), ("1", "1"), ("\\", "\"")] {
                let bytes = Array(before.utf8) + [byte] + Array(after.utf8)
                for implementation in Self.implementations {
                    let places = Index(implementation, bytes, pieces: [bytes.count]).places
                    #expect(places == Self.expected(bytes).places, "byte \(byte) after '\(before)', \(implementation)")
                }
            }
        }
    }

    /// Sequences of two to four bytes at the borders of what UTF-8 allows.
    private static let sequences: [[UInt8]] = {
        let edges: [UInt8] = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        let leads: [UInt8] = [
            0x41, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5,
            0xF8, 0xFF,
        ]
        var all = leads.flatMap { lead in edges.map { [lead, $0] } }
        let tails: [UInt8] = [0x41, 0x7F, 0x80, 0xBF, 0xC2]
        all += leads.filter { $0 >= 0xE0 }.flatMap { lead in
            edges.flatMap { second in tails.map { [lead, second, $0] } }
        }
        all += leads.filter { $0 >= 0xF0 }.flatMap { lead in
            edges.flatMap { second in tails.flatMap { third in tails.map { [lead, second, third, $0] } } }
        }
        return all + leads.map { [$0] }
    }()

    @Test("UTF-8 is told from what is not around every border of blocks and pieces", arguments: [58...66, 122...130])
    func utf8(offsets: ClosedRange<Int>) {
        var wrong: [String] = []
        for sequence in Self.sequences {
            for offset in offsets {
                var bytes = [UInt8](repeating: 0x61, count: 197)
                bytes.replaceSubrange(offset..<offset + sequence.count, with: sequence)
                let isValid = String(validating: bytes, as: UTF8.self) != nil
                for implementation in Self.implementations {
                    for pieces in [[197], [64, 133], [128, 69], [64, 64, 69]] {
                        let problems = Index(implementation, bytes, pieces: pieces).problems.reduce(0, |)
                        if (problems & UInt32(HP_JSON_BAD_UTF8) == 0) != isValid {
                            wrong.append("\(sequence) at \(offset), pieces \(pieces), implementation \(implementation)")
                        }
                    }
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) wrong: \(wrong.prefix(5))")
    }

    @Test("every sequence of two bytes, and every one of three after E0, ED, F0 and F4, is judged as Swift judges it")
    func everySequence() {
        var wrong: [[UInt8]] = []
        func check(_ sequence: [UInt8]) {
            let bytes = [UInt8](repeating: 0x61, count: 63) + sequence + [0x61]
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            for implementation in Self.implementations {
                let problems = Index(implementation, bytes, pieces: [64, bytes.count - 64]).problems.reduce(0, |)
                if (problems & UInt32(HP_JSON_BAD_UTF8) == 0) != isValid { wrong.append(sequence) }
            }
        }
        for first in 0x80...255 as ClosedRange<UInt8> {
            for second in 0...255 as ClosedRange<UInt8> { check([first, second]) }
        }
        for first in [0xE0, 0xED, 0xF0, 0xF4] as [UInt8] {
            for second in 0x80...0xBF as ClosedRange<UInt8> {
                check([first, second, 0x80])
                check([first, second, 0x80, 0x80])
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) wrong: \(wrong.prefix(5))")
    }

    @Test("a text is refused with the same words by every implementation, wherever its pieces end")
    func problemsOfLargeTexts() throws {
        // Pieces of a document are 32 KiB.
        for seed in 1...60 as ClosedRange<UInt64> {
            var generator = SampleGenerator(seed: seed)
            let border = 32768 * (1 + generator.below(2))
            var bytes = Array(("[\"" + String(repeating: "a", count: border + 40 - 2) + "\"]").utf8)
            let place = border - 6 + generator.below(12)
            let wrong: [UInt8] = [[0xC3], [0x80], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x0A], [0xFF]][generator.below(6)]
            bytes.replaceSubrange(place..<place + wrong.count, with: wrong)
            var places: Set<Int> = []
            for implementation in Self.implementations {
                try bytes.withUnsafeBufferPointer { text throws in
                    var tokens = TokenPlaces(in: text, implementation: implementation)
                    do {
                        while try tokens.advance() != TokenPlaces.end {}
                        Issue.record("seed \(seed): \(wrong) at \(place) was taken")
                    } catch let error as JSONReadingError {
                        places.insert(error.offset)
                    }
                }
            }
            #expect(places == [place], "seed \(seed): \(wrong)")
        }
    }
}

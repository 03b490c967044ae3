import CJSONIndex
import JSONDiff
import JSONSamples

/// Bytes that may be one text, or two with a byte 0xFF between them, and what is wrong with how we take them.
struct FuzzedInput {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Below this the plain reader, which calls itself, does not run out of stack.
    private static let longestForOracle = 2000

    /// nil: nothing is wrong.
    var mistake: String? {
        let texts = bytes.split(separator: 0xFF, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
        for text in texts {
            if let mistake = indexMistake(text) ?? readingMistake(text) { return mistake }
        }
        return texts.count == 2 ? patchMistake(texts[0], texts[1]) : nil
    }

    /// The implementations of the index do not agree, in one piece or in several. A block of spaces ends the text: that a
    /// character is cut, or that its first byte is none, is known at the latest by the byte behind.
    private func indexMistake(_ text: [UInt8]) -> String? {
        func index(_ implementation: Int32, piece: Int) -> [UInt64] {
            var state = hp_json_index_state(), all: [UInt64] = [], problems: UInt32 = 0
            let text = text + [UInt8](repeating: UInt8(ascii: " "), count: 64)
            for at in stride(from: 0, to: text.count, by: piece) {
                let part = Array(text[at..<min(at + piece, text.count)])
                var places = [UInt32](repeating: 0, count: part.count + 64)
                let count = hp_json_index(implementation, &state, part, part.count, UInt32(at), &places)
                all += places[..<count].map(UInt64.init)
                problems |= state.problems
            }
            return all + [state.in_string, state.is_escaped, state.after_scalar, UInt64(state.tail), UInt64(problems)]
        }
        let plain = index(Int32(HP_JSON_PLAIN), piece: (text.count + 127) / 64 * 64)
        for piece in [64, 192, (text.count + 127) / 64 * 64]
        where index(hp_json_index_best(), piece: piece) != plain || index(Int32(HP_JSON_PLAIN), piece: piece) != plain {
            return "the index in pieces of \(piece) differs from the plain one"
        }
        return nil
    }

    /// A text is taken that is not JSON, or refused that is, or differs from itself without white space.
    private func readingMistake(_ text: [UInt8]) -> String? {
        var options = JSONOptions()
        options.duplicates = .last
        let document = try? JSONDocument(text, options: options)
        if text.count < Self.longestForOracle, !text.starts(with: [0xEF, 0xBB, 0xBF]),
            (document != nil) != (SampleReader.read(text) != nil)
        {
            return document != nil ? "a text is taken that is not JSON" : "a text is refused that is JSON"
        }
        for syntax in JSONOptions.Syntax.allCases {
            options.syntax = syntax
            _ = try? JSONDocument(text, options: options)
        }
        options.syntax = .json
        guard let document else { return nil }
        guard let again = try? JSONDocument(Self.withoutSpace(text), options: options),
            let difference = try? compare(document, again)
        else { return "a text is refused without its white space" }
        return difference.isEmpty ? nil : "a text differs from itself without white space"
    }

    private static func withoutSpace(_ text: [UInt8]) -> [UInt8] {
        var isInString = false, isEscaped = false
        let text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
        return text.filter { byte in
            let isQuote = byte == UInt8(ascii: "\"") && !isEscaped
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            if isQuote { isInString.toggle() }
            return isInString || byte > 0x20
        }
    }

    /// The patch from one text to another does not lead there, or not back.
    private func patchMistake(_ old: [UInt8], _ new: [UInt8]) -> String? {
        for number in 0..<6 {
            var options = JSONOptions()
            options.duplicates = number % 2 == 0 ? .last : .first
            options.arrays = JSONOptions.Arrays.allCases[number % 3]
            if number == 3 { options.keys = [JSONOptions.Key("id")] }
            if number == 4 { options.ignored = ["/**/i", "/k"].compactMap { JSONPattern($0) } }
            options.normalizes = number == 5
            if number == 1 { options.syntax = .jsonc }
            if number == 2 { options.syntax = .ndjson }
            guard let first = try? JSONDocument(old, options: options),
                let last = try? JSONDocument(new, options: options)
            else { continue }
            do {
                let difference = try compare(first, last)
                let applied = try JSONDocument(difference.applied(to: first), options: options)
                guard try compare(applied, last).isEmpty else { return "options \(number): the patch leads elsewhere" }
                let reverted = try JSONDocument(difference.reverted(on: last), options: options)
                guard try compare(reverted, first).isEmpty else {
                    return "options \(number): the way back leads elsewhere"
                }
                let patch = try JSONPatch(JSONDocument(JSONPatch(difference).bytes, options: Self.forPatches))
                let again = try JSONDocument(patch.applied(to: first), options: options)
                guard try compare(again, last).isEmpty else {
                    return "options \(number): the written patch leads elsewhere"
                }
            } catch {
                return "options \(number): \(error)"
            }
        }
        return nil
    }

    /// Values in a patch may have keys twice, where the texts may.
    private static var forPatches: JSONOptions {
        var options = JSONOptions()
        options.duplicates = .last
        options.maximumDepth = 20_000
        return options
    }
}

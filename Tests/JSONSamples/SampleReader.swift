/// Reads JSON as plainly as it can be done: what our own reader is measured by.
package struct SampleReader {
    private let bytes: [UInt8]
    private var at = 0

    /// The one value of a text. nil: the text is not JSON.
    package static func read(_ bytes: [UInt8]) -> Sample? {
        var reader = SampleReader(bytes: bytes)
        guard let value = reader.value() else { return nil }
        reader.skip()
        return reader.at == bytes.count ? value : nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skip() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        skip()
        guard next == character.asciiValue else { return false }
        at += 1
        return true
    }

    private mutating func take(word: String, _ value: Sample) -> Sample? {
        guard bytes[at...].starts(with: word.utf8) else { return nil }
        at += word.utf8.count
        return value
    }

    private mutating func value() -> Sample? {
        skip()
        switch next.map({ Character(UnicodeScalar($0)) }) {
        case "n": return take(word: "null", .null)
        case "t": return take(word: "true", .bool(true))
        case "f": return take(word: "false", .bool(false))
        case "\"": return string().map(Sample.string)
        case "[": return array()
        case "{": return object()
        default: return number()
        }
    }

    private mutating func array() -> Sample? {
        at += 1
        var elements: [Sample] = []
        if take("]") { return .array([]) }
        repeat {
            guard let element = value() else { return nil }
            elements.append(element)
        } while take(",")
        return take("]") ? .array(elements) : nil
    }

    private mutating func object() -> Sample? {
        at += 1
        var members: [Sample.Member] = []
        if take("}") { return .object([]) }
        repeat {
            skip()
            guard next == 0x22, let key = string(), take(":"), let value = value() else { return nil }
            members.append(Sample.Member(key: key, value: value))
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func string() -> [UInt16]? {
        at += 1
        var units: [UInt16] = []
        var plain: [UInt8] = []
        while let byte = next {
            at += 1
            guard byte >= 0x20 else { return nil }
            guard byte == 0x22 || byte == 0x5C else {
                plain.append(byte)
                continue
            }
            guard let text = String(validating: plain, as: UTF8.self) else { return nil }
            units += text.utf16
            plain = []
            if byte == 0x22 { return units }
            guard let letter = next else { return nil }
            at += 1
            if letter == UInt8(ascii: "u") {
                // Of itself, UInt16 would take a sign.
                guard at + 4 <= bytes.count, bytes[at] != UInt8(ascii: "+"), bytes[at] != UInt8(ascii: "-"),
                    let unit = UInt16(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
                else { return nil }
                units.append(unit)
                at += 4
            } else {
                let letters = Array("\"\\/bfnrt".utf8), meanings: [UInt16] = [0x22, 0x5C, 0x2F, 8, 12, 10, 13, 9]
                guard let place = letters.firstIndex(of: letter) else { return nil }
                units.append(meanings[place])
            }
        }
        return nil
    }

    private mutating func number() -> Sample? {
        let start = at
        while let byte = next, byte & 0xDF == 0x45 || (0x2B...0x39).contains(byte) && byte != 0x2C && byte != 0x2F {
            at += 1
        }
        let spelling = bytes[start..<at]
        return Self.isNumber(spelling) ? .number(String(decoding: spelling, as: UTF8.self)) : nil
    }

    /// Whether all of some bytes is a number as JSON has them.
    package static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        var left = bytes
        func digits() -> Int {
            let count = left.prefix { (0x30...0x39).contains($0) }.count
            left = left.dropFirst(count)
            return count
        }
        if left.first == UInt8(ascii: "-") { left.removeFirst() }
        let isZero = left.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole == 1 || (whole > 1 && !isZero) else { return false }
        if left.first == UInt8(ascii: ".") {
            left.removeFirst()
            guard digits() > 0 else { return false }
        }
        if left.first == UInt8(ascii: "e") || left.first == UInt8(ascii: "E") {
            left.removeFirst()
            if left.first == UInt8(ascii: "+") || left.first == UInt8(ascii: "-") { left.removeFirst() }
            guard digits() > 0 else { return false }
        }
        return left.isEmpty
    }
}

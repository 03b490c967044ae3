/// Text of unknown origin made fit for a terminal: file names, and what a server answers.
package enum PrintableText {
    /// Escapes what could steer a terminal or hide something: control characters, line ends, direction marks and bytes
    /// that are no UTF-8. A backslash is doubled, so that the escaping can be undone.
    package static func escape(_ bytes: some Collection<UInt8>) -> String {
        var text = ""
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        // UTF8.decode swallows the bytes of an error, so valid text goes the fast way and the rest byte by byte.
        if String(validating: bytes, as: UTF8.self) != nil {
            while case .scalarValue(let scalar) = decoder.decode(&iterator) { append(scalar, to: &text) }
            return text
        }
        var rest = bytes[...]
        while let first = rest.first {
            let length = sequenceLength(first)
            let sequence = rest.prefix(length)
            if let valid = String(validating: sequence, as: UTF8.self) {
                for scalar in valid.unicodeScalars { append(scalar, to: &text) }
                rest = rest.dropFirst(length)
            } else {
                text += "\\x\(hex(first))"
                rest = rest.dropFirst()
            }
        }
        return text
    }

    /// Escapes as above.
    package static func escape(_ string: String) -> String { escape(Array(string.utf8)) }

    /// The bytes that ``escape(_:)-(Collection<UInt8>)`` made `text` of; nil: it made no such text.
    static func unescape(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "\\"): bytes.append(byte)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "x"):
                guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            case UInt8(ascii: "u"):
                guard rest.popFirst() == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")),
                    let value = UInt32(String(decoding: rest[..<end], as: UTF8.self), radix: 16),
                    let scalar = Unicode.Scalar(value)
                else { return nil }
                bytes += String(scalar).utf8
                rest = rest[(end + 1)...]
            default: return nil
            }
        }
        return bytes
    }

    /// The first `limit` characters of what a server wrote, escaped, on one line; `…` stands for the rest.
    package static func line(_ string: String, limit: Int) -> String {
        let text = escape(String(string.prefix(limit)))
        return string.count > limit ? "\(text)…" : text
    }

    /// How many bytes a UTF-8 sequence that begins with `first` has; 1 where none begins so.
    static func sequenceLength(_ first: UInt8) -> Int {
        switch first {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// Two upper-case hexadecimal digits.
    static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return byte < 16 ? "0\(digits)" : digits
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar {
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}

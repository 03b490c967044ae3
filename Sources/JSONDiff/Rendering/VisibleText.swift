/// Text of unknown origin for eyes: nothing in it moves a cursor, turns the direction of other text or cannot be seen.
package enum VisibleText {
    /// A string with JSON's escapes for what is not to be seen.
    package static func escaped(_ text: String) -> String {
        var visible = VisibleLine(columns: .max)
        _ =
            text.utf8.withContiguousStorageIfAvailable { visible.append($0) }
            ?? Array(text.utf8).withUnsafeBufferPointer { visible.append($0) }
        return visible.text
    }

    /// Whether a character can be shown as it is.
    static func isPlain(_ code: UInt32) -> Bool {
        switch code {
        case 0x20..<0x7F: return true
        case 0..<0xA0: return false
        default: break
        }
        guard let scalar = Unicode.Scalar(code) else { return false }
        switch scalar.properties.generalCategory {
        // Tags, marks of direction, joiners, separators: characters that change others or look like none.
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
        default: return true
        }
    }

    /// The columns that a terminal takes for a character: 2 for those of East Asia and for pictures (UAX 11), else 1.
    static func columns(_ code: UInt32) -> Int {
        guard code >= 0x1100 else { return 1 }
        switch code {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// A code point as JSON escapes it.
    static func escape(_ code: UInt32) -> String {
        func unit(_ unit: UInt32) -> String {
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        switch code {
        case 8: return "\\b"
        case 9: return "\\t"
        case 10: return "\\n"
        case 12: return "\\f"
        case 13: return "\\r"
        case 0x10000...: return unit(0xD800 + (code - 0x10000) >> 10) + unit(0xDC00 + (code - 0x10000) & 0x3FF)
        default: return unit(code)
        }
    }

    /// The code point at the start of bytes that were checked (surrogates may stand there as three bytes), and its length.
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (code: UInt32, length: Int) {
        let first = bytes[index]
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard length > 1, index + length <= bytes.count else { return (UInt32(first), 1) }
        var code = UInt32(first) & (0x7F >> UInt32(length))
        for byte in bytes[index + 1..<index + length] { code = code << 6 | UInt32(byte & 0x3F) }
        return (code, length)
    }
}

/// A part of a line that is filled until it is full.
struct VisibleLine {
    private(set) var text = ""
    /// How many columns are taken.
    private(set) var used = 0
    /// How many there are.
    let columns: Int

    /// What bytes are.
    enum Form {
        /// Characters.
        case characters
        /// A JSON value: white space between its tokens is left out.
        case json
        /// Characters of a string, which stand between quotes.
        case string
    }

    init(columns: Int) { self.columns = max(0, columns) }

    /// Appends characters; answers with how many bytes of them there was room for.
    ///
    @discardableResult
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, _ form: Form = .characters) -> Int {
        var at = 0, isInString = false
        while at < bytes.count {
            let byte = bytes[at]
            if form == .json {
                if !isInString, byte <= 0x20 {
                    at += 1
                    continue
                }
                if byte == UInt8(ascii: "\\"), isInString, at + 1 < bytes.count, bytes[at + 1] < 0x80 {
                    guard used + 2 <= columns else { return at }
                    text.unicodeScalars.append("\\")
                    text.unicodeScalars.append(Unicode.Scalar(bytes[at + 1]))
                    used += 2
                    at += 2
                    continue
                }
                if byte == UInt8(ascii: "\"") { isInString.toggle() }
            }
            let (code, length) = VisibleText.decode(bytes, at: at)
            if form == .string, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                guard used + 2 <= columns else { return at }
                text += byte == UInt8(ascii: "\\") ? "\\\\" : "\\\""
                used += 2
            } else if VisibleText.isPlain(code), let scalar = Unicode.Scalar(code) {
                let width = VisibleText.columns(code)
                guard used + width <= columns else { return at }
                text.unicodeScalars.append(scalar)
                used += width
            } else {
                let escape = VisibleText.escape(code)
                guard used + escape.utf8.count <= columns else { return at }
                text += escape
                used += escape.utf8.count
            }
            at += length
        }
        return at
    }

    /// A value without the white space between its tokens, on one line of so many columns; what is left out is said.
    static func value(_ bytes: UnsafeBufferPointer<UInt8>, columns: Int) -> (text: String, columns: Int, isWhole: Bool)
    {
        cut(bytes, columns: columns, .json)
    }

    /// Characters on one line of so many columns; what is left out is said.
    static func characters(_ bytes: [UInt8], columns: Int) -> (text: String, columns: Int, isWhole: Bool) {
        bytes.withUnsafeBufferPointer { cut($0, columns: columns, .characters) }
    }

    private static func cut(
        _ bytes: UnsafeBufferPointer<UInt8>, columns: Int, _ form: Form
    ) -> (text: String, columns: Int, isWhole: Bool) {
        var line = VisibleLine(columns: columns)
        if line.append(bytes, form) == bytes.count { return (line.text, line.used, true) }
        // As long as what will be said can be.
        let room = "… \(bytes.count) more bytes".count
        line = VisibleLine(columns: columns - room)
        let shown = line.append(bytes, form)
        let rest = "… \(bytes.count - shown) more bytes"
        return (line.text + rest, line.used + rest.count, false)
    }
}

/// Text inside a record: every byte that is not plain, printable ASCII is written as `%XX`.
///
/// Besides control characters, white space, non-ASCII bytes and `%`, the bytes `" \ < > &` are escaped: Docker,
/// journald and Kubernetes wrap lines in JSON, which rewrites exactly these, so a record comes through such a wrapper
/// byte for byte. A value never contains white space, so it can never look like the start of a record.
public enum FieldText {
    /// Whether `byte` stands for itself.
    @inlinable
    public static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "%"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "&"):
            false
        default: byte > 0x20 && byte < 0x7f
        }
    }

    /// Appends `text` escaped, cut to ``RecordFormat/maximumValueBytes`` at a character's boundary.
    public static func append(_ text: some Sequence<UInt8>, to output: inout [UInt8]) {
        let ellipsis = Array("%E2%80%A6".utf8)
        let limit = output.count + RecordFormat.maximumValueBytes - ellipsis.count
        for byte in text {
            guard output.count + 3 <= limit else {
                cutPartialCharacter(of: &output)
                output.append(contentsOf: ellipsis)
                return
            }
            if isPlain(byte) {
                output.append(byte)
            } else {
                output.append(UInt8(ascii: "%"))
                output.append(hexDigit(byte >> 4))
                output.append(hexDigit(byte & 15))
            }
        }
    }

    /// Returns the bytes that `escaped` stands for, or nil where an escape is malformed or a byte is not plain.
    public static func unescape(_ escaped: UnsafeRawBufferPointer) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(escaped.count)
        var index = 0
        while index < escaped.count {
            let byte = escaped[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < escaped.count, let high = hexValue(escaped[index + 1]),
                    let low = hexValue(escaped[index + 2])
                else { return nil }
                bytes.append(high << 4 | low)
                index += 3
            } else {
                guard isPlain(byte) else { return nil }
                bytes.append(byte)
                index += 1
            }
        }
        return bytes
    }

    /// Removes the escaped bytes of a UTF-8 character whose rest is about to be cut off.
    private static func cutPartialCharacter(of output: inout [UInt8]) {
        while output.count >= 3, output[output.count - 3] == UInt8(ascii: "%"),
            let high = hexValue(output[output.count - 2]), high >= 8
        {
            output.removeLast(3)
            if high >= 12 { return }
        }
    }

    static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") - 10 + nibble
    }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

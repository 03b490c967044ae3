/// A value with a member or an element a line.
struct IndentedValue {
    private(set) var bytes: [UInt8] = []
    /// How long it may become.
    let maximum: Int

    /// Deeper lines begin no further right.
    private static let maximumIndent = 16

    init(maximum: Int) { self.maximum = maximum }

    /// Appends a value; answers with how many of its bytes there was room for.
    mutating func append(_ value: UnsafeBufferPointer<UInt8>) -> Int {
        var at = 0, depth = 0, isInString = false, isOpen = false
        func newLine(_ bytes: inout [UInt8]) {
            bytes.append(10)
            bytes += [UInt8](repeating: 0x20, count: 2 * min(depth, Self.maximumIndent))
        }
        while at < value.count, bytes.count < maximum || (value[at] & 0xC0 == 0x80) {
            let byte = value[at]
            at += 1
            if isInString {
                bytes.append(byte)
                if byte == UInt8(ascii: "\\"), at < value.count {
                    bytes.append(value[at])
                    at += 1
                }
                isInString = byte != UInt8(ascii: "\"")
                continue
            }
            guard byte > 0x20 else { continue }
            let closes = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
            if closes { depth -= 1 }
            if isOpen != closes, isOpen || closes { newLine(&bytes) }
            isOpen = false
            bytes.append(byte)
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                isOpen = true
            case UInt8(ascii: ","): newLine(&bytes)
            case UInt8(ascii: ":"): bytes.append(0x20)
            default: break
            }
        }
        return at
    }
}

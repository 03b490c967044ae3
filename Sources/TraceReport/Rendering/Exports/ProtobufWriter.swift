/// Writes a protocol buffer. Source: https://protobuf.dev/programming-guides/encoding.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private enum WireType: UInt64 {
        case varint = 0
        case lengthDelimited = 2
    }

    /// A number; 0 is the default and is left out.
    mutating func field(_ number: UInt64, _ value: UInt64) {
        guard value != 0 else { return }
        tag(number, .varint)
        varint(value)
    }

    /// Text in UTF-8.
    mutating func field(_ number: UInt64, _ text: String) { field(number, bytes: Array(text.utf8)) }

    /// Numbers, packed.
    mutating func field(_ number: UInt64, packed values: [UInt64]) {
        var packed = ProtobufWriter()
        for value in values { packed.varint(value) }
        field(number, bytes: packed.bytes)
    }

    /// A message.
    mutating func field(_ number: UInt64, _ body: (inout ProtobufWriter) -> Void) {
        var message = ProtobufWriter()
        body(&message)
        field(number, bytes: message.bytes)
    }

    private mutating func field(_ number: UInt64, bytes contents: [UInt8]) {
        tag(number, .lengthDelimited)
        varint(UInt64(contents.count))
        bytes += contents
    }

    private mutating func tag(_ number: UInt64, _ type: WireType) { varint(number << 3 | type.rawValue) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

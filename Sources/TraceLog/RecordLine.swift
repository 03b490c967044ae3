/// Writes one record's line: marker, kind, header, fields, checksum, line feed.
struct RecordLineWriter {
    private(set) var line: [UInt8]
    private let session: UInt64

    init(kind: RecordKind, header: RecordHeader) {
        session = header.session
        line = RecordFormat.markerBytes
        line.append(contentsOf: kind.rawValue.utf8)
        line.append(UInt8(ascii: " "))
        FieldNumber.appendHexadecimal(header.session, digits: 16, to: &line)
        line.append(UInt8(ascii: " "))
        FieldNumber.append(header.sequence, to: &line)
    }

    mutating func field(_ key: StaticString, _ value: UInt64) {
        appendKey(key)
        FieldNumber.append(value, to: &line)
    }

    mutating func field(_ key: StaticString, text value: some Sequence<UInt8>) {
        appendKey(key)
        FieldText.append(value, to: &line)
    }

    mutating func field(_ key: StaticString, hexadecimal value: UInt64) {
        appendKey(key)
        FieldNumber.appendHexadecimal(value, digits: 16, to: &line)
    }

    /// Appends a field whose key is text too, `prefix.key=value`. How many there are is the user's choice, so one that
    /// would make the line longer than ``RecordFormat/maximumLineBytes`` is left out.
    mutating func field(prefix: StaticString, key: String, text value: some Sequence<UInt8>) {
        let start = line.count
        appendPrefixedKey(prefix, key)
        FieldText.append(value, to: &line)
        dropOverlongField(from: start)
    }

    mutating func field(prefix: StaticString, key: String, _ value: UInt64) {
        let start = line.count
        appendPrefixedKey(prefix, key)
        FieldNumber.append(value, to: &line)
        dropOverlongField(from: start)
    }

    private mutating func dropOverlongField(from start: Int) {
        let checksumBytes = 12
        if line.count + checksumBytes > RecordFormat.maximumLineBytes { line.removeSubrange(start...) }
    }

    /// Appends encoded histogram buckets.
    mutating func field(_ key: StaticString, encoded value: ArraySlice<UInt8>) {
        appendKey(key)
        line.append(contentsOf: value)
    }

    /// Returns the line with its checksum and line feed.
    consuming func finish() -> [UInt8] {
        let checksum = line.withUnsafeBytes { Checksum.of($0, key: session) }
        line.append(contentsOf: " c=".utf8)
        FieldNumber.appendHexadecimal(UInt64(checksum), digits: 8, to: &line)
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private mutating func appendKey(_ key: StaticString) {
        line.append(UInt8(ascii: " "))
        key.withUTF8Buffer { line.append(contentsOf: $0) }
        line.append(UInt8(ascii: "="))
    }

    private mutating func appendPrefixedKey(_ prefix: StaticString, _ key: String) {
        line.append(UInt8(ascii: " "))
        prefix.withUTF8Buffer { line.append(contentsOf: $0) }
        line.append(UInt8(ascii: "."))
        for byte in key.utf8.prefix(64) {
            let isKeyByte = FieldText.isPlain(byte) && byte != UInt8(ascii: "=")
            line.append(isKeyByte ? byte : UInt8(ascii: "_"))
        }
        line.append(UInt8(ascii: "="))
    }
}

/// Reads the fields of a record whose checksum is right, in the order the format gives them. Fields that this version
/// does not know are passed over, so a newer writer may add some.
struct RecordFieldReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Returns the next field's key and value.
    mutating func next() -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        guard position < bytes.count else { return nil }
        let end = bytes.firstPlace(of: UInt8(ascii: " "), from: position) ?? bytes.count
        guard let equals = bytes.firstPlace(of: UInt8(ascii: "="), from: position), equals < end else { return nil }
        defer { position = end + 1 }
        return (
            UnsafeRawBufferPointer(rebasing: bytes[position..<equals]),
            UnsafeRawBufferPointer(rebasing: bytes[(equals + 1)..<end])
        )
    }

    /// Returns the value of the field `key`, if it stands at or after the current position; else the position stays.
    mutating func value(_ key: StaticString) -> UnsafeRawBufferPointer? {
        let start = position
        while let field = next() {
            if field.key.elementsEqual(UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)) {
                return field.value
            }
        }
        position = start
        return nil
    }

    mutating func number(_ key: StaticString) -> UInt64? {
        value(key).flatMap { FieldNumber.parse($0) }
    }

    mutating func text(_ key: StaticString) -> String? {
        value(key).flatMap(FieldText.unescape).map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func hexadecimal(_ key: StaticString) -> UInt64? {
        value(key).flatMap { FieldNumber.parse($0, radix: 16) }
    }

    /// Returns the fields left whose keys begin with `prefix` and a full stop, in order.
    mutating func prefixed(_ prefix: StaticString) -> [(key: String, value: UnsafeRawBufferPointer)] {
        let start = String(describing: prefix) + "."
        var found: [(String, UnsafeRawBufferPointer)] = []
        while let field = next() {
            let key = String(decoding: field.key, as: UTF8.self)
            if key.hasPrefix(start) { found.append((String(key.dropFirst(start.count)), field.value)) }
        }
        return found
    }
}

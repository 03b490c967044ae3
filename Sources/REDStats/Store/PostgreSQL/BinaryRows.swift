/// Rows in the binary format of `COPY` (PostgreSQL's documentation, COPY, "Binary Format").
struct BinaryRows {
    private var bytes: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0] + [UInt8](repeating: 0, count: 8)

    /// Begins a row.
    mutating func row(columns: Int16) { append(columns) }

    /// A column of one of the types of integers, as wide as `T`.
    mutating func column<T: FixedWidthInteger>(_ value: T) {
        append(Int32(MemoryLayout<T>.size))
        append(value)
    }

    /// A text; nil is null.
    mutating func column(_ text: String?) {
        guard let text else { return append(Int32(-1)) }
        append(Int32(text.utf8.count))
        bytes += text.utf8
    }

    mutating func column(_ value: [UInt8]) {
        append(Int32(value.count))
        bytes += value
    }

    /// All of it, with its end.
    var finished: [UInt8] { bytes + [0xFF, 0xFF] }

    private mutating func append<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    }
}

import CZlib

/// Packs bytes as gzip does, with neither time nor name in them: the same bytes for the same bytes.
enum GzipEncoder {
    /// A window of 32 KiB, and gzip's header and trailer (zlib.h, deflateInit2).
    private static let windowBits: Int32 = 15 + 16
    /// As small as zlib gets them.
    private static let (level, memoryLevel) = (Z_BEST_COMPRESSION, Int32(9))

    /// Returns packed bytes. Takes some 50 ns a byte. Ends the program where there is no memory for it, as any other
    /// allocation does.
    static func packed(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        let began = deflateInit2_(
            &stream, level, Z_DEFLATED, windowBits, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(began == Z_OK, "zlib cannot begin to pack: \(began)")
        defer { deflateEnd(&stream) }
        var packed: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 16)
        bytes.withUnsafeBufferPointer { bytes in
            var rest = bytes[...]
            var status = Z_OK
            while status != Z_STREAM_END {
                // zlib counts in 32 bits, and only reads what is at next_in.
                let piece = rest.prefix(1 << 30)
                stream.next_in = UnsafeMutablePointer(mutating: UnsafeBufferPointer(rebasing: piece).baseAddress)
                stream.avail_in = UInt32(piece.count)
                status = room.withUnsafeMutableBufferPointer { room in
                    stream.next_out = room.baseAddress
                    stream.avail_out = UInt32(room.count)
                    return deflate(&stream, piece.count == rest.count ? Z_FINISH : Z_NO_FLUSH)
                }
                precondition(status >= Z_OK, "zlib cannot pack: \(status)")
                rest = rest.dropFirst(piece.count - Int(stream.avail_in))
                packed += room.prefix(room.count - Int(stream.avail_out))
            }
        }
        return packed
    }
}

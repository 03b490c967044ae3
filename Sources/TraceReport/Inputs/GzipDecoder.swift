import CZlib

/// Unpacks gzip's members by zlib.
final class GzipDecoder: StreamDecoder {
    /// zlib's state points back at it, so that it must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var members = 0
    private let isReady: Bool

    /// A window of 32 KiB, and gzip's header and trailer (zlib.h, inflateInit2).
    private static let windowBits: Int32 = 15 + 16
    /// A header that is none is refused within its first bytes: magic number, method, flags.
    private static let headerStart = 4

    init() {
        stream.initialize(to: z_stream())
        isReady =
            inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    var isInside: Bool { stream.pointee.total_in > 0 || members == 0 }

    func decode(_ packed: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> DecodedPiece {
        guard isReady else { return DecodedPiece(consumed: 0, produced: 0, stop: .damaged) }
        // zlib only reads what is at next_in.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(packed.count)
        stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room.count)
        let status = inflate(stream, Z_NO_FLUSH)
        var piece = DecodedPiece(
            consumed: packed.count - Int(stream.pointee.avail_in), produced: room.count - Int(stream.pointee.avail_out))
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            members += 1
            inflateReset(stream)
        default:
            let isHeader = members > 0 && stream.pointee.total_in <= Self.headerStart
            piece.stop = isHeader ? .otherBytes : .damaged
        }
        return piece
    }
}

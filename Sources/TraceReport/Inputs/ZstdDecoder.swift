import CZstd

/// Unpacks zstd's frames by libzstd, which passes over skippable ones.
final class ZstdDecoder: StreamDecoder {
    private let context = ZSTD_createDCtx()
    private var frames = 0
    private(set) var isInside = true
    /// How many bytes of input there may be for what comes next, so that a call unpacks a block at most.
    private var next = 1
    /// Whether the last call left no room.
    private var isFull = false
    /// The first bytes of the frame: enough for its header.
    private var head: [UInt8] = []

    deinit {
        ZSTD_freeDCtx(context)
    }

    /// libzstd tells nothing of what it unpacked in a call that met a damaged place: so a call is given a block at most, and
    /// none while there is something left from the one before.
    func decode(_ packed: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> DecodedPiece {
        if isFull {
            let rest = decodeBlock(UnsafeRawBufferPointer(rebasing: packed[..<0]), into: room)
            if rest.produced > 0 || rest.stop != nil { return rest }
        }
        return decodeBlock(UnsafeRawBufferPointer(rebasing: packed[..<min(next, packed.count)]), into: room)
    }

    private func decodeBlock(
        _ packed: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
    ) -> DecodedPiece {
        var input = ZSTD_inBuffer(src: packed.baseAddress, size: packed.count, pos: 0)
        var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        let status = ZSTD_decompressStream(context, &output, &input)
        isFull = output.pos == output.size
        var piece = DecodedPiece(consumed: input.pos, produced: output.pos)
        if head.count < ZstdFrameHeader.longest { head += packed.prefix(ZstdFrameHeader.longest - head.count) }
        if ZSTD_isError(status) != 0 {
            piece.stop = stop(ZSTD_getErrorCode(status))
        } else if input.pos > 0 || output.pos > 0 {
            isInside = status != 0
            if status == 0 {
                frames += 1
                head = []
            }
            // What is asked for behind a block has the next one's header in it, three bytes.
            next = status > 3 ? status - 3 : max(1, status)
        }
        return piece
    }

    private func stop(_ code: ZSTD_ErrorCode) -> DecodedPiece.Stop {
        if code == ZSTD_error_frameParameter_windowTooLarge, let window = ZstdFrameHeader.window(of: head) {
            return .window(window)
        }
        return frames > 0 && code == ZSTD_error_prefix_unknown ? .otherBytes : .damaged
    }
}

/// The header of a frame (RFC 8878, section 3.1.1.1). libzstd reads it, too, by functions that it keeps to itself.
enum ZstdFrameHeader {
    /// The most bytes it takes, with the magic number.
    static let longest = 18

    /// Returns how many bytes of what was unpacked are needed for what comes next; nil: the header is cut.
    static func window(of bytes: [UInt8]) -> UInt64? {
        guard bytes.count > 5 else { return nil }
        let (descriptor, next) = (bytes[4], bytes[5])
        guard descriptor & 0x20 != 0 else {
            let base = UInt64(1) << (10 + UInt64(next >> 3))
            return base + base / 8 * UInt64(next & 7)
        }
        // A single segment: all that there is.
        let begin = 5 + [0, 1, 2, 4][Int(descriptor & 3)]
        let size = [1, 2, 4, 8][Int(descriptor >> 6)]
        guard bytes.count >= begin + size else { return nil }
        let value = bytes[begin..<begin + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return size == 2 ? value + 256 : value
    }
}

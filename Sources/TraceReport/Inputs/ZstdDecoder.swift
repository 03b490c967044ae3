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
        if ZSTD_isError(status) != 0 {
            let isUnknown = ZSTD_getErrorCode(status) == ZSTD_error_prefix_unknown
            piece.stop = frames > 0 && isUnknown ? .otherBytes : .damaged
        } else if input.pos > 0 || output.pos > 0 {
            isInside = status != 0
            if status == 0 { frames += 1 }
            // What is asked for behind a block has the next one's header in it, three bytes.
            next = status > 3 ? status - 3 : max(1, status)
        }
        return piece
    }
}

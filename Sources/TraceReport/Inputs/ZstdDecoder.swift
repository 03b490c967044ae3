import CZstd

/// Unpacks zstd's frames by libzstd, which passes over skippable ones.
final class ZstdDecoder: StreamDecoder {
    private let context = ZSTD_createDCtx()
    private var frames = 0
    private(set) var isInside = true

    deinit {
        ZSTD_freeDCtx(context)
    }

    func decode(_ packed: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> DecodedPiece {
        var input = ZSTD_inBuffer(src: packed.baseAddress, size: packed.count, pos: 0)
        var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        let status = ZSTD_decompressStream(context, &output, &input)
        var piece = DecodedPiece(consumed: input.pos, produced: output.pos)
        if ZSTD_isError(status) != 0 {
            let isUnknown = ZSTD_getErrorCode(status) == ZSTD_error_prefix_unknown
            piece.stop = frames > 0 && isUnknown ? .otherBytes : .damaged
        } else if input.pos > 0 || output.pos > 0 {
            isInside = status != 0
            if status == 0 { frames += 1 }
        }
        return piece
    }
}

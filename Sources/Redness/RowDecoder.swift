import CImageCodecs

/// Decodes a picture row by row, whatever its format.
package struct RowDecoder: ~Copyable {
    /// Where a picture's bytes are; they stay there until it is closed.
    package enum Source {
        case memory(UnsafeRawBufferPointer)
        case file(descriptor: Int32, bytes: Int)

        var count: Int {
            switch self {
            case .memory(let bytes): bytes.count
            case .file(_, let bytes): bytes
            }
        }
    }

    private let decoder: OpaquePointer

    /// Opens a decoder; nothing is read yet.
    package init(_ source: Source, format: PictureFormat, limits: PictureLimits) throws(PictureError) {
        var decoderLimits = ic_limits(
            memory_bytes: UInt64(clamping: limits.decoderBytes),
            // However large the limit, the product is a number.
            cpu_nanoseconds: UInt64(clamping: min(limits.processorMilliseconds, 1 << 40) * 1_000_000),
            frames: UInt32(clamping: limits.frames))
        let decoder =
            switch source {
            case .memory(let bytes):
                ic_open(
                    format.decoderFormat, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), -1,
                    UInt64(bytes.count), &decoderLimits)
            case .file(let descriptor, let bytes):
                ic_open(format.decoderFormat, nil, descriptor, UInt64(bytes), &decoderLimits)
            }
        guard let decoder else { throw .tooLarge("no memory to decode it") }
        self.decoder = decoder
    }

    deinit {
        ic_close(decoder)
    }

    /// Reads the header; allocates nothing of the picture's size.
    package func readHeader(_ scale: PictureScale) throws(PictureError) -> ic_header {
        var header = ic_header()
        try check(ic_read_header(decoder, scale == .half, &header))
        return header
    }

    /// Begins decoding.
    package func start() throws(PictureError) {
        try check(ic_start(decoder))
    }

    /// Decodes the next rows, which are the decoder's. None after the last one: the picture is whole.
    package func readRows() throws(PictureError) -> ic_rows {
        var rows = ic_rows()
        try check(ic_read_rows(decoder, &rows))
        return rows
    }

    /// The picture's orientation, known after the last row.
    var orientation: Orientation {
        Orientation(exif: Int(ic_orientation(decoder)))
    }

    private func check(_ status: ic_status) throws(PictureError) {
        guard status != IC_OK else { return }
        let message = String(cString: ic_message(decoder))
        switch status {
        case IC_TRUNCATED: throw .truncated(message)
        case IC_TOO_LARGE: throw .tooLarge(message)
        case IC_NO_MEMORY: throw .tooLarge("no memory to decode it")
        case IC_UNREADABLE: throw .unreadable(message)
        default: throw .damaged(message)
        }
    }
}

extension PictureFormat {
    fileprivate var decoderFormat: ic_format {
        switch self {
        case .jpeg: IC_JPEG
        case .png: IC_PNG
        case .webp: IC_WEBP
        case .gif: IC_GIF
        }
    }
}

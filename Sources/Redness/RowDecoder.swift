import CImageCodecs

/// Decodes a picture row by row, by libjpeg-turbo or libpng.
struct RowDecoder {
    struct Header {
        let width: Int
        let height: Int
        /// 3: R, G, B; 4: R, G, B, alpha.
        let channels: Int
        /// What the decoder keeps besides the rows it gives out.
        let decoderBytes: Int
    }

    private enum Handle {
        case jpeg(OpaquePointer)
        case png(OpaquePointer)
    }

    let format: PictureFormat
    private let handle: Handle

    /// Opens a decoder on bytes that stay where they are until it is closed.
    init(_ bytes: UnsafeRawBufferPointer, format: PictureFormat) throws(PictureError) {
        self.format = format
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        switch format {
        case .jpeg:
            guard let decoder = ic_jpeg_open(start, bytes.count) else { throw .tooLarge("no memory to decode it") }
            handle = .jpeg(decoder)
        case .png:
            guard let decoder = ic_png_open(start, bytes.count) else { throw .tooLarge("no memory to decode it") }
            handle = .png(decoder)
        case .webp, .gif: throw .unknownFormat("a \(format) picture")
        }
    }

    func close() {
        switch handle {
        case .jpeg(let decoder): ic_jpeg_close(decoder)
        case .png(let decoder): ic_png_close(decoder)
        }
    }

    /// Reads the header; allocates nothing of the picture's size.
    func readHeader() throws(PictureError) -> Header {
        var header = ic_header()
        switch handle {
        case .jpeg(let decoder): try check(ic_jpeg_header(decoder, &header))
        case .png(let decoder): try check(ic_png_header(decoder, &header))
        }
        return Header(
            width: Int(header.width), height: Int(header.height), channels: Int(header.channels),
            decoderBytes: Int(clamping: header.memory_bytes))
    }

    /// Begins decoding, within `memoryBytes`.
    func start(_ memoryBytes: Int) throws(PictureError) {
        switch handle {
        case .jpeg(let decoder): try check(ic_jpeg_start(decoder, UInt64(memoryBytes)))
        case .png(let decoder): try check(ic_png_start(decoder, UInt64(memoryBytes)))
        }
    }

    /// Decodes the next rows into `pixels`, which has room for them.
    func read(rows: Int, into pixels: UnsafeMutablePointer<UInt8>) throws(PictureError) {
        switch handle {
        case .jpeg(let decoder): try check(ic_jpeg_rows(decoder, pixels, UInt32(rows)))
        case .png(let decoder): try check(ic_png_rows(decoder, pixels, UInt32(rows)))
        }
    }

    /// Reads what follows the last row: a picture without its end is cut short.
    func finish() throws(PictureError) {
        switch handle {
        case .jpeg(let decoder): try check(ic_jpeg_finish(decoder))
        case .png(let decoder): try check(ic_png_finish(decoder))
        }
    }

    private func check(_ status: ic_status) throws(PictureError) {
        guard status != IC_OK else { return }
        let message =
            switch handle {
            case .jpeg(let decoder): String(cString: ic_jpeg_message(decoder))
            case .png(let decoder): String(cString: ic_png_message(decoder))
            }
        switch status {
        case IC_TRUNCATED: throw .truncated(message)
        case IC_TOO_LARGE: throw .tooLarge(message)
        case IC_NO_MEMORY: throw .tooLarge("no memory to decode it")
        default: throw .damaged(message)
        }
    }
}

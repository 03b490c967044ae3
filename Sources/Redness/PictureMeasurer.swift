import Hoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Measures how much of a picture is red, row band by row band: memory does not grow with the picture, but for
/// progressive JPEGs and interlaced PNGs, which ``PictureLimits/decoderBytes`` bounds.
///
/// Spans: `image.measure`, in it `image.header` and, for each band, `image.decode` and `image.red.count`.
public struct PictureMeasurer: Sendable {
    /// A band is as many rows as come to about this many bytes.
    static let bandBytes = 256 << 10

    private let limits: PictureLimits

    /// Makes a measurer with limits.
    public init(limits: PictureLimits = PictureLimits()) {
        self.limits = limits
    }

    /// Measures a picture in memory.
    ///
    /// - Parameters:
    ///   - bytes: The file's content; not kept.
    ///   - scale: At which size JPEGs are decoded.
    /// - Returns: The measurement.
    /// - Throws: ``PictureError`` for what is no whole picture within the limits.
    public func measure(
        _ bytes: UnsafeRawBufferPointer, scale: PictureScale = .full
    ) throws(PictureError) -> PictureMeasurement {
        try span("image.measure", ["bytes": bytes.count]) { span throws(PictureError) in
            let decoder = try makeDecoder(bytes)
            defer { decoder.close() }
            let header = try Hoofprint.span("image.header") { () throws(PictureError) in try decoder.readHeader() }
            span["width"] = header.width
            span["height"] = header.height
            try check(header)
            return try count(decoder, header)
        }
    }

    /// Measures a picture file. It is read into memory, at most ``PictureLimits/bytes`` of it.
    ///
    /// - Parameters:
    ///   - path: The file: a regular one.
    ///   - scale: At which size JPEGs are decoded.
    /// - Returns: The measurement.
    /// - Throws: ``PictureError``.
    public func measure(
        file path: String, scale: PictureScale = .full
    ) throws(PictureError) -> PictureMeasurement {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw .unreadable("'\(path)': \(String(cString: strerror(errno)))") }
        defer { close(file) }
        return try measure(descriptor: file, scale: scale)
    }

    /// Measures a picture in an open file.
    ///
    /// - Parameters:
    ///   - file: A descriptor of a regular file, read from its beginning by `pread`: its offset stays as it is, and it stays
    ///     open.
    ///   - scale: At which size JPEGs are decoded.
    /// - Returns: The measurement.
    /// - Throws: ``PictureError``.
    public func measure(
        descriptor file: Int32, scale: PictureScale = .full
    ) throws(PictureError) -> PictureMeasurement {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable("it is no regular file")
        }
        guard status.st_size <= limits.bytes else {
            throw .tooLarge("\(status.st_size) bytes, the limit is \(limits.bytes)")
        }
        guard status.st_size > 0 else { throw .empty }
        // Read, not mapped: a mapped file that someone shortens would end the process with SIGBUS.
        let content = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(status.st_size), alignment: 16)
        defer { content.deallocate() }
        var filled = 0
        while filled < content.count {
            let count = pread(file, content.baseAddress.map { $0 + filled }, content.count - filled, off_t(filled))
            guard count >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
            if count == 0 { break }
            filled += count
        }
        return try measure(UnsafeRawBufferPointer(rebasing: content[..<filled]), scale: scale)
    }

    private func makeDecoder(_ bytes: UnsafeRawBufferPointer) throws(PictureError) -> RowDecoder {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= limits.bytes else {
            throw .tooLarge("\(bytes.count) bytes, the limit is \(limits.bytes)")
        }
        guard let format = PictureFormat.detect(bytes) else {
            throw .unknownFormat(Self.beginning(of: bytes))
        }
        return try RowDecoder(bytes, format: format)
    }

    private func check(_ header: RowDecoder.Header) throws(PictureError) {
        let size = "\(header.width) x \(header.height) pixels"
        guard header.width > 0, header.height > 0 else { throw .damaged("it says it has \(size)") }
        guard header.width <= limits.side, header.height <= limits.side else {
            throw .tooLarge("\(size), the limit is \(limits.side) a side")
        }
        guard header.width * header.height <= limits.pixels else {
            throw .tooLarge("\(size), the limit is \(limits.pixels) in all")
        }
        guard header.decoderBytes <= limits.decoderBytes else {
            throw .tooLarge(
                "\(size) take \(header.decoderBytes) bytes to decode, the limit is \(limits.decoderBytes); "
                    + "a baseline JPEG or a PNG that is not interlaced takes less")
        }
    }

    private func count(
        _ decoder: RowDecoder, _ header: RowDecoder.Header
    ) throws(PictureError) -> PictureMeasurement {
        let stride = header.width * header.channels
        let bandRows = max(1, min(header.height, Self.bandBytes / stride))
        let band = UnsafeMutablePointer<UInt8>.allocate(capacity: bandRows * stride)
        defer { band.deallocate() }
        var counter = RedCounter()
        try decode { () throws(PictureError) in try decoder.start(limits.decoderBytes) }
        var row = 0
        while row < header.height {
            let rows = min(bandRows, header.height - row)
            try decode { () throws(PictureError) in try decoder.read(rows: rows, into: band) }
            span("image.red.count") {
                if header.channels == 4 {
                    counter.countRGBA(band, count: rows * header.width)
                } else {
                    counter.countRGB(band, count: rows * header.width)
                }
            }
            row += rows
        }
        try decode { () throws(PictureError) in try decoder.finish() }
        return PictureMeasurement(
            redPixels: counter.redPixels, pixels: counter.pixels, width: header.width, height: header.height,
            format: decoder.format)
    }

    /// All decoding is one function in the ranking.
    private func decode(_ step: () throws(PictureError) -> Void) throws(PictureError) {
        try span("image.decode") { () throws(PictureError) in try step() }
    }

    /// How some bytes begin, for a message: as text where they are, else in hexadecimal.
    private static func beginning(of bytes: UnsafeRawBufferPointer) -> String {
        let first = bytes.prefix(12)
        if first.allSatisfy({ (0x20..<0x7f).contains($0) }) {
            return "'\(String(decoding: first, as: UTF8.self))'"
        }
        let digits = Array("0123456789abcdef")
        return first.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined(separator: " ")
    }
}

import CImageCodecs
import Hoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Measures how much of a picture is red, band of rows by band of rows: memory does not grow with the picture, but for what
/// ``PictureLimits/decoderBytes`` bounds.
///
/// What is measured are the pixels that a viewer would show, in sRGB: an ICC profile in the picture is applied where it is
/// another colour space's (a damaged one, or one over 4 MiB, is passed over), CMYK without one by the rule that each ink and
/// black let light through; of an animation the first frame is measured, on its canvas. A picture is whole or refused: what
/// viewers paint grey is not counted.
///
/// Spans: `image.measure`, in it `image.header` and, for each band, `image.decode` and `image.red.count`. Thread-safe.
public struct PictureMeasurer: Sendable {
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
        try measure(.memory(bytes), beginning: UnsafeRawBufferPointer(rebasing: bytes.prefix(12)), scale)
    }

    /// Measures a picture file, as ``measure(descriptor:scale:)`` does.
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
        guard file >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        defer { close(file) }
        return try measure(descriptor: file, scale: scale)
    }

    /// Measures a picture in an open file. It is read in pieces of 64 KiB, but for WebP, whose bytes are all kept.
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
        // Read, not mapped: a mapped file that someone shortens would end the process with SIGBUS.
        var beginning = [UInt8](repeating: 0, count: 12)
        let count = pread(file, &beginning, beginning.count, 0)
        guard count >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        beginning.removeLast(beginning.count - count)
        let source = RowDecoder.Source.file(descriptor: file, bytes: Int(status.st_size))
        // Typed errors do not pass through the standard library's closures.
        let result: Result<PictureMeasurement, PictureError> = beginning.withUnsafeBytes { bytes in
            Result { () throws(PictureError) in try measure(source, beginning: bytes, scale) }
        }
        return try result.get()
    }

    private func measure(
        _ source: RowDecoder.Source, beginning: UnsafeRawBufferPointer, _ scale: PictureScale
    ) throws(PictureError) -> PictureMeasurement {
        try span("image.measure", ["bytes": source.count]) { span throws(PictureError) in
            guard source.count > 0 else { throw .empty }
            guard source.count <= limits.bytes else {
                throw .tooLarge("\(source.count) bytes, the limit is \(limits.bytes)")
            }
            guard let format = PictureFormat.detect(beginning) else {
                throw .unknownFormat(Self.beginning(of: beginning))
            }
            let decoder = try RowDecoder(source, format: format, limits: limits)
            let header = try Hoofprint.span("image.header") { () throws(PictureError) in
                try decoder.readHeader(scale)
            }
            span["width"] = Int(header.width)
            span["height"] = Int(header.height)
            try check(header)
            return try count(decoder, header, format)
        }
    }

    private func check(_ header: ic_header) throws(PictureError) {
        let width = Int(header.width)
        let height = Int(header.height)
        let size = "\(width) x \(height) pixels"
        guard width > 0, height > 0 else { throw .damaged("it says it has \(size)") }
        guard width <= limits.side, height <= limits.side else {
            throw .tooLarge("\(size), the limit is \(limits.side) a side")
        }
        guard width * height <= limits.pixels else {
            throw .tooLarge("\(size), the limit is \(limits.pixels) in all")
        }
        guard header.memory_bytes <= limits.decoderBytes else {
            throw .tooLarge(
                "\(size) take \(header.memory_bytes) bytes to decode, the limit is \(limits.decoderBytes); "
                    + "a baseline JPEG or a PNG that is not interlaced takes less")
        }
    }

    private func count(
        _ decoder: borrowing RowDecoder, _ header: ic_header, _ format: PictureFormat
    ) throws(PictureError) -> PictureMeasurement {
        try decode { () throws(PictureError) in try decoder.start() }
        var counter = RedCounter(width: Int(header.row_pixels), channels: Int(header.channels))
        while true {
            let rows = try decode { () throws(PictureError) in try decoder.readRows() }
            guard rows.count > 0, let pixels = rows.pixels else { break }
            span("image.red.count") { counter.count(rows: pixels, stride: rows.stride, count: Int(rows.count)) }
        }
        counter.finish()
        let isApproximate = header.row_pixels != header.width || header.row_count != header.height
        func mean(_ sum: Int) -> Int { PictureMeasurement.share(sum, of: counter.pixels, times: 100) }
        return PictureMeasurement(
            redPixels: counter.redPixels, pixels: counter.pixels, width: Int(header.width),
            height: Int(header.height), format: format, meanRed: mean(counter.sums.red),
            meanGreen: mean(counter.sums.green), meanBlue: mean(counter.sums.blue), hueSectors: counter.hueSectors,
            redBox: displayed(counter.redBox, header, decoder.orientation),
            orientation: decoder.orientation.exif, isApproximate: isApproximate)
    }

    /// All decoding is one function in the ranking.
    private func decode<R>(_ step: () throws(PictureError) -> R) throws(PictureError) -> R {
        try span("image.decode") { () throws(PictureError) in try step() }
    }

    /// A box of decoded rows in the picture as it is displayed.
    private func displayed(_ box: PictureBox?, _ header: ic_header, _ orientation: Orientation) -> PictureBox? {
        guard let box else { return nil }
        let width = Int(header.width)
        let height = Int(header.height)
        let scale = header.row_pixels == header.width && header.row_count == header.height ? 1 : 2
        let stored = PictureBox(
            x: box.x * scale, y: box.y * scale, width: min(box.width * scale, width - box.x * scale),
            height: min(box.height * scale, height - box.y * scale))
        return orientation.displayed(stored, inWidth: width, height: height)
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

/// The formats that are read.
///
/// HEIF is not among them: Debian's libheif cannot do without the decoders libde265, libaom and dav1d and the encoder x265,
/// 24 MB installed and all of it code that foreign bytes reach, where all that was added for WebP, whole PNGs and ICC profiles
/// takes 1.3 MB.
public enum PictureFormat: String, Sendable, CaseIterable {
    /// JPEG, baseline and progressive: grey, YCbCr, RGB, CMYK, YCCK.
    case jpeg
    /// PNG of every colour type and depth, interlaced or not; of an animated one, the picture that every reader shows.
    case png
    /// WebP, lossy and lossless; of an animated one, the first frame.
    case webp
    /// GIF: its first frame, on its canvas.
    case gif

    /// The media type: `image/jpeg`, `image/png`, `image/webp`, `image/gif`.
    public var mediaType: String { "image/\(rawValue)" }

    /// The file name extension: `jpg`, `png`, `webp`, `gif`.
    public var fileExtension: String { self == .jpeg ? "jpg" : rawValue }

    /// Tells the format by content, never by name; nil where it is none of these. Looks at the first twelve bytes.
    public static func detect(_ firstBytes: UnsafeRawBufferPointer) -> PictureFormat? {
        if firstBytes.starts(with: [0xff, 0xd8, 0xff]) { return .jpeg }
        if firstBytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) { return .png }
        if firstBytes.starts(with: "GIF87a".utf8) || firstBytes.starts(with: "GIF89a".utf8) { return .gif }
        if firstBytes.starts(with: "RIFF".utf8), firstBytes.dropFirst(8).starts(with: "WEBP".utf8) { return .webp }
        return nil
    }
}

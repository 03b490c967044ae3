/// The formats that are read.
///
/// HEIF is not among them: Debian's libheif brings along two video codecs and an encoder, 40 MB and more code that reads
/// foreign bytes than all other formats together.
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

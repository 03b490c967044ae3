/// The formats that are read.
public enum PictureFormat: String, Sendable, CaseIterable {
    /// JPEG, baseline and progressive: grey, YCbCr, RGB, CMYK, YCCK.
    case jpeg
    /// PNG of every colour type and depth, interlaced or not.
    case png

    /// The media type: `image/jpeg`, `image/png`.
    public var mediaType: String {
        switch self {
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        }
    }

    /// The file name extension: `jpg`, `png`.
    public var fileExtension: String {
        switch self {
        case .jpeg: "jpg"
        case .png: "png"
        }
    }

    /// Tells the format by content, never by name; nil where it is none of these. Looks at the first eight bytes.
    public static func detect(_ firstBytes: UnsafeRawBufferPointer) -> PictureFormat? {
        if firstBytes.starts(with: [0xff, 0xd8, 0xff]) { return .jpeg }
        if firstBytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) { return .png }
        return nil
    }
}

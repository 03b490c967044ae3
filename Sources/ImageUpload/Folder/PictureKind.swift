/// A picture format, told by a file's first bytes.
public enum PictureKind: String, Sendable, CaseIterable {
    /// JPEG.
    case jpeg = "image/jpeg"
    /// PNG.
    case png = "image/png"
    /// GIF.
    case gif = "image/gif"
    /// WebP.
    case webp = "image/webp"

    /// The kind of picture whose content begins with `bytes`, of which 12 suffice; nil if it is none of ours.
    public init?(content bytes: some Collection<UInt8>) {
        // JPEG: SOI and the marker after it (ITU T.81, B.1.1.3). PNG: W3C PNG, 5.2. GIF89a, 17. WebP: RFC 9649, 2.4.
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) {
            self = .gif
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else {
            return nil
        }
    }

    /// What the content of a file is said to be where it is no picture of ours.
    package static let unknownMediaType = "application/octet-stream"

    private static let extensions: Set<[UInt8]> = Set(
        ["jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp"].map { Array($0.utf8) })

    /// Whether a file is called as pictures are, by the end of its name in either case.
    package static func isNamedAsPicture(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
        let ending = name[name.index(after: dot)...].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return extensions.contains(ending)
    }
}

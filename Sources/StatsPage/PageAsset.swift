/// A file of the page.
public struct PageAsset: Sendable, Equatable {
    /// Where it is served, like `/page/page.css`.
    public let path: String
    /// The value of `Content-Type`.
    public let mediaType: String
    /// The content, the same as long as the program runs.
    public let bytes: [UInt8]
    /// The value of `ETag`, strong: another content has another one.
    public let etag: String

    init(_ path: String, _ mediaType: String, _ bytes: [UInt8]) {
        self.path = path
        self.mediaType = mediaType
        self.bytes = bytes
        etag = "\"\(String(Self.hash(bytes), radix: 16))-\(String(bytes.count, radix: 16))\""
    }

    /// FNV-1a of 64 bits: nobody but us chooses these contents, so that no stronger hash is needed.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

/// What a picture may cost. Sizes are checked against its header, before anything of its size is allocated.
public struct PictureLimits: Sendable {
    /// The largest file, in bytes: 32 MiB.
    public var bytes = 32 << 20

    /// The most pixels, width times height: 250 million.
    public var pixels = 250_000_000

    /// The longest side, in pixels.
    public var side = 65_500

    /// The most memory a decoder may keep besides a band of rows and a WebP's bytes, in bytes: 256 MiB. A progressive JPEG
    /// keeps the whole picture's coefficients, an interlaced PNG or GIF and a WebP their pixels; other PNGs are kept whole up
    /// to 128 MiB, as far as this allows.
    public var decoderBytes = 256 << 20

    /// The most frames of an animated GIF or WebP: 10,000. Only the first one is decoded, but all are passed through.
    public var frames = 10_000

    /// The most processor time that decoding may take, in milliseconds: 30,000. Checked between bands of rows.
    public var processorMilliseconds = 30_000

    /// Makes the default limits.
    public init() {}
}

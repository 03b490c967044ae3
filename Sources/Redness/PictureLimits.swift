/// What a picture may cost. Checked against its header, before anything of its size is allocated.
public struct PictureLimits: Sendable {
    /// The largest file, in bytes: 32 MiB.
    public var bytes = 32 << 20

    /// The most pixels, width times height: 100 million.
    public var pixels = 100_000_000

    /// The longest side, in pixels.
    public var side = 65_500

    /// The most memory a decoder may keep besides a band of rows, in bytes: 256 MiB. A progressive JPEG keeps the
    /// whole picture's coefficients, an interlaced PNG its pixels.
    public var decoderBytes = 256 << 20

    /// Makes the default limits.
    public init() {}
}

/// How much of a picture is red.
public struct PictureMeasurement: Sendable, Equatable {
    /// Red pixels in parts per million of the pixels that count, rounded to the nearest; 0 where none counts.
    public let red: Int

    /// How many pixels are red, see ``RedCounter``.
    public let redPixels: Int

    /// How many pixels count: all but those whose alpha is below 128 of 255.
    public let pixels: Int

    /// The picture's width in pixels.
    public let width: Int

    /// The picture's height in pixels.
    public let height: Int

    /// The picture's format, told by content.
    public let format: PictureFormat

    /// Makes a measurement of counted pixels.
    public init(redPixels: Int, pixels: Int, width: Int, height: Int, format: PictureFormat) {
        red = pixels > 0 ? (redPixels * 1_000_000 + pixels / 2) / pixels : 0
        self.redPixels = redPixels
        self.pixels = pixels
        self.width = width
        self.height = height
        self.format = format
    }
}

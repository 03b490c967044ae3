/// How much of a picture is red.
public struct PictureMeasurement: Sendable, Equatable {
    /// Red pixels in parts per million of the pixels that count, rounded to the nearest; 0 where none counts.
    public let red: Int

    /// How many pixels are red.
    ///
    /// A pixel, 8 bits of sRGB a component, is red if R is its largest component, 3·|G−B| ≤ R−min (its hue is within 20° of
    /// red), 5·min ≤ 3·R (its saturation is at least 40 %) and R ≥ 50 (it is not black). Of all 2²⁴ colours 1,563,053 are
    /// red. Integers only: every machine counts the same.
    public let redPixels: Int

    /// How many pixels count: all but those whose alpha is below 128 of 255. Where ``isApproximate``, of the picture as it
    /// was decoded.
    public let pixels: Int

    /// The picture's width in pixels, as stored: before ``orientation``.
    public let width: Int

    /// The picture's height in pixels, as stored.
    public let height: Int

    /// The picture's format, told by content.
    public let format: PictureFormat

    /// The mean of the red components of the pixels that count, in hundredths: 0...25,500, rounded to the nearest.
    public let meanRed: Int

    /// The mean of the green components, likewise.
    public let meanGreen: Int

    /// The mean of the blue components, likewise.
    public let meanBlue: Int

    /// Which hues there are.
    public let hueSectors: HueSectors

    /// Where the dominant patch of red is, in the picture as it is displayed; nil where there is none.
    ///
    /// The stored picture is divided into cells of 8 by 8 pixels from its upper left corner on; those at its right and lower
    /// edge may be smaller. A cell is red if at least half of its pixels are. Red cells that touch, at corners too, are a
    /// patch. The dominant one has the most red pixels; of equals it is the one that begins further up, then further left.
    /// The box bounds its cells.
    public let redBox: PictureBox?

    /// How the picture is turned to be displayed, as EXIF numbers it: 1...8; 1: not at all.
    public let orientation: Int

    /// Whether the picture was decoded at a smaller scale, so that all numbers are near, not exact.
    public let isApproximate: Bool

    /// Makes a measurement of counted pixels.
    public init(
        redPixels: Int, pixels: Int, width: Int, height: Int, format: PictureFormat, meanRed: Int = 0,
        meanGreen: Int = 0, meanBlue: Int = 0, hueSectors: HueSectors = .none, redBox: PictureBox? = nil,
        orientation: Int = 1, isApproximate: Bool = false
    ) {
        red = Self.share(redPixels, of: pixels, times: 1_000_000)
        self.redPixels = redPixels
        self.pixels = pixels
        self.width = width
        self.height = height
        self.format = format
        self.meanRed = meanRed
        self.meanGreen = meanGreen
        self.meanBlue = meanBlue
        self.hueSectors = hueSectors
        self.redBox = redBox
        self.orientation = orientation
        self.isApproximate = isApproximate
    }

    /// `part` ÷ `whole` · `factor`, rounded to the nearest; 0 where the whole is 0.
    static func share(_ part: Int, of whole: Int, times factor: Int) -> Int {
        whole > 0 ? (part * factor + whole / 2) / whole : 0
    }
}

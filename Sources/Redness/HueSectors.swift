/// How a picture's pixels divide among six sectors of hue, 60° each, and those that have none to speak of: in parts per
/// million of the pixels that count, each rounded to the nearest.
///
/// A pixel is colourless if its largest component exceeds its smallest by less than 16. Else one component stands out from
/// the two others: if the middle one is at least as near to the smallest as to the largest, it is the largest, and the hue is
/// within 30° of that primary colour; if not, it is the smallest, and the hue is within 30° of that colour's complement.
public struct HueSectors: Sendable, Equatable {
    /// Hues from 330° to 30°. Wider than what counts as red, see ``PictureMeasurement/redPixels``.
    public let red: Int
    /// Hues between 30° and 90°.
    public let yellow: Int
    /// Hues from 90° to 150°.
    public let green: Int
    /// Hues between 150° and 210°.
    public let cyan: Int
    /// Hues from 210° to 270°.
    public let blue: Int
    /// Hues between 270° and 330°.
    public let magenta: Int
    /// Black, white, grey, and next to it.
    public let colourless: Int

    /// Makes shares, in parts per million.
    public init(red: Int, yellow: Int, green: Int, cyan: Int, blue: Int, magenta: Int, colourless: Int) {
        self.red = red
        self.yellow = yellow
        self.green = green
        self.cyan = cyan
        self.blue = blue
        self.magenta = magenta
        self.colourless = colourless
    }

    /// No pixel counts.
    public static let none = HueSectors(red: 0, yellow: 0, green: 0, cyan: 0, blue: 0, magenta: 0, colourless: 0)
}

/// A rectangle of pixels in a picture as it is displayed: x to the right, y downwards, from the upper left corner.
public struct PictureBox: Sendable, Equatable {
    /// The leftmost column, from 0.
    public let x: Int
    /// The uppermost row, from 0.
    public let y: Int
    /// Columns, at least 1.
    public let width: Int
    /// Rows, at least 1.
    public let height: Int

    /// Makes a rectangle.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}

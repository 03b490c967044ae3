/// Counts red pixels.
///
/// A pixel, 8 bits of sRGB a component, is red if R is its largest component, 3·|G−B| ≤ R−min (its hue is within 20° of
/// red), 5·min ≤ 3·R (its saturation is at least 40 %) and R ≥ 50 (it is not black). Of all 2²⁴ colours 1,563,053 are
/// red. Integers only: every machine counts the same.
public struct RedCounter: Sendable {
    /// Red pixels so far.
    public private(set) var redPixels = 0

    /// Pixels so far, less those of alpha below 128.
    public private(set) var pixels = 0

    /// Makes a counter at zero.
    public init() {}

    /// Counts `count` pixels of R, G, B, three bytes each.
    public mutating func countRGB(_ bytes: UnsafePointer<UInt8>, count: Int) {
        pixels += count
        var position = bytes
        var left = count
        while left > 0 {
            let block = min(left, Self.blockPixels)
            var red: UInt32 = 0
            for index in 0..<block {
                let pixel = position + 3 &* index
                red &+= Self.isRed(pixel[0], pixel[1], pixel[2])
            }
            redPixels += Int(red)
            position += 3 &* block
            left -= block
        }
    }

    /// Counts `count` pixels of R, G, B, alpha, four bytes each.
    public mutating func countRGBA(_ bytes: UnsafePointer<UInt8>, count: Int) {
        var position = bytes
        var left = count
        while left > 0 {
            let block = min(left, Self.blockPixels)
            var red: UInt32 = 0
            var opaque: UInt32 = 0
            for index in 0..<block {
                let pixel = position + 4 &* index
                let isOpaque = UInt32(pixel[3] &>> 7)
                opaque &+= isOpaque
                red &+= isOpaque & Self.isRed(pixel[0], pixel[1], pixel[2])
            }
            redPixels += Int(red)
            pixels += Int(opaque)
            position += 4 &* block
            left -= block
        }
    }

    /// Small enough for 32-bit sums, large enough that the loop over blocks costs nothing.
    private static let blockPixels = 1 << 16

    /// Returns 1 for a red pixel, else 0. Without branches, so that the loops above are vectorised: every condition is
    /// a difference whose sign bit says that it fails.
    @inline(__always)
    static func isRed(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt32 {
        let red = Int16(truncatingIfNeeded: red)
        let green = Int16(truncatingIfNeeded: green)
        let blue = Int16(truncatingIfNeeded: blue)
        let smallest = min(green, blue)
        let largest = max(green, blue)
        // R largest also means that the smallest component is that of G and B, or R equal to both, which 5·min ≤ 3·R
        // refuses.
        let failures =
            (red &- largest) | (red &- smallest &- 3 &* (largest &- smallest)) | (3 &* red &- 5 &* smallest)
            | (red &- 50)
        return UInt32(truncatingIfNeeded: ~failures &>> 15) & 1
    }
}

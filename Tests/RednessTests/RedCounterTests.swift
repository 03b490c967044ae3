import Testing

@testable import Redness

@Suite("Counting red pixels")
struct RedCounterTests {
    /// The definition as the documentation words it, in plain integers.
    static func isRedByDefinition(_ red: Int, _ green: Int, _ blue: Int) -> Bool {
        let smallest = min(red, green, blue)
        return red >= green && red >= blue && 3 * abs(green - blue) <= red - smallest && 5 * smallest <= 3 * red
            && red >= 50
    }

    @Test("of all 16,777,216 colours 1,563,053 are red, each as the definition says")
    func allColours() {
        var counter = RedCounter()
        var differences = 0
        let row = UnsafeMutablePointer<UInt8>.allocate(capacity: 256 * 3)
        defer { row.deallocate() }
        for red in 0..<256 {
            for green in 0..<256 {
                var expected = 0
                for blue in 0..<256 {
                    row[3 * blue] = UInt8(red)
                    row[3 * blue + 1] = UInt8(green)
                    row[3 * blue + 2] = UInt8(blue)
                    if Self.isRedByDefinition(red, green, blue) { expected += 1 }
                }
                let before = counter.redPixels
                counter.countRGB(row, count: 256)
                if counter.redPixels - before != expected { differences += 1 }
            }
        }
        #expect(differences == 0)
        #expect(counter.redPixels == 1_563_053)
        #expect(counter.pixels == 1 << 24)
    }

    @Test("rows of every length up to 70 pixels count as pixel by pixel", arguments: [3, 4])
    func lengths(channels: Int) {
        var state: UInt64 = 20_261_124
        for count in 0...70 {
            let bytes = (0..<count * channels).map { index -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let byte = UInt8(truncatingIfNeeded: state >> 33)
                return index % channels == 0 ? byte | 0xc0 : byte / 2 &+ (index % channels == 3 ? byte : 0)
            }
            var expectedRed = 0
            var expectedPixels = 0
            for pixel in 0..<count {
                let parts = bytes[(pixel * channels)..<(pixel * channels + channels)].map { Int($0) }
                guard channels == 3 || parts[3] >= 128 else { continue }
                expectedPixels += 1
                if Self.isRedByDefinition(parts[0], parts[1], parts[2]) { expectedRed += 1 }
            }
            var counter = RedCounter()
            bytes.withUnsafeBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return }
                if channels == 3 {
                    counter.countRGB(start, count: count)
                } else {
                    counter.countRGBA(start, count: count)
                }
            }
            #expect(counter.redPixels == expectedRed)
            #expect(counter.pixels == expectedPixels)
        }
    }

    @Test(
        "the share is in parts per million, rounded to the nearest",
        arguments: [(0, 0, 0), (1, 3, 333_333), (2, 3, 666_667), (1, 1, 1_000_000), (1, 2_000_001, 0)])
    func share(red: Int, pixels: Int, expected: Int) {
        let measurement = PictureMeasurement(redPixels: red, pixels: pixels, width: 1, height: 1, format: .png)
        #expect(measurement.red == expected)
    }
}

import Testing

@testable import Redness

@Suite("Colours as a viewer shows them")
struct ColourTests {
    private func measure(_ name: String) throws -> PictureMeasurement {
        try PictureTests.measure(PictureTests.bytes("pictures/\(name)"))
    }

    @Test("a profile that is sRGB changes nothing; a damaged one is passed over")
    func sameColours() throws {
        let plain = try measure("baseline.jpg")
        #expect(try measure("srgb.jpg") == plain)
        #expect(try measure("damaged-profile.jpg") == plain)
    }

    @Test("a profile with red and green swapped swaps them", arguments: ["swapped.jpg", "swapped.png", "swapped.webp"])
    func swapped(name: String) throws {
        let plain = try measure("full-chroma.jpg")
        let swapped = try measure(name)
        // The gamma curve is not quite sRGB's, and JPEG's rounding comes before the conversion.
        #expect(abs(swapped.meanGreen - plain.meanRed) < 200)
        #expect(abs(swapped.meanRed - plain.meanGreen) < 200)
        #expect(plain.hueSectors.red > 900_000)
        #expect(swapped.hueSectors.red < 10_000)
    }

    @Test("half opacity counts, less does not, whatever the format", arguments: ["alpha.webp", "alpha-lossless.webp"])
    func alpha(name: String) throws {
        // Alpha rises from row to row.
        let picture = try measure(name)
        #expect(picture.pixels < 150 * 52)
        #expect(picture.pixels > 150 * 48)
    }

    @Test("of an animation the first frame is measured", arguments: ["animated.gif", "animated.webp"])
    func animation(name: String) throws {
        let picture = try measure(name)
        #expect(picture.red == 1_000_000)
        #expect(picture.redBox == PictureBox(x: 0, y: 0, width: 40, height: 30))
    }

    @Test("what a GIF's first frame leaves of its canvas does not count")
    func canvas() throws {
        // A canvas of 10 by 8, a frame of 2 by 1 at 3, 4: two pixels of the palette's second colour.
        let head: [UInt8] = Array("GIF89a".utf8) + [10, 0, 8, 0, 0x80, 0, 0, 0, 0, 0, 200, 10, 10]
        let frame: [UInt8] = [0x2c, 3, 0, 4, 0, 2, 0, 1, 0, 0, 2, 2, 0b0100_1100, 0b0000_1010, 0, 0x3b]
        let picture = try PictureTests.measure(head + frame)
        #expect((picture.width, picture.height, picture.pixels, picture.redPixels) == (10, 8, 2, 2))
        #expect(picture.meanRed == 20_000)
        // What is no block behind the frame is its end; codes may be longer than there are colours.
        let longCodes: [UInt8] = [0x2c, 3, 0, 4, 0, 2, 0, 1, 0, 0, 9, 5, 0, 6, 16, 64, 128, 0, 0x47]
        #expect(try PictureTests.measure(head + longCodes) == picture)
    }

    @Test("half scale is approximate, near, and in whole coordinates; only JPEG has it")
    func halfScale() throws {
        let bytes = try PictureTests.bytes("photos/retina.jpg")
        let full = try PictureTests.measure(bytes)
        let half = try PictureTests.measure(bytes, scale: .half)
        #expect(!full.isApproximate)
        #expect(half.isApproximate)
        #expect((half.width, half.height) == (full.width, full.height))
        #expect(half.pixels == (full.width + 1) / 2 * ((full.height + 1) / 2))
        #expect(abs(half.red - full.red) < 5000)
        let box = try #require(half.redBox)
        let exact = try #require(full.redBox)
        #expect(abs(box.x - exact.x) <= 32)
        #expect(box.x + box.width <= full.width)
        #expect(box.y + box.height <= full.height)
        let png = try PictureTests.bytes("photos/coffee.png")
        #expect(try PictureTests.measure(png, scale: .half) == PictureTests.measure(png))
    }
}

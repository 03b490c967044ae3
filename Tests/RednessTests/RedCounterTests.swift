import Testing

@testable import Redness

@Suite("Counting pixels")
struct RedCounterTests {
    static let kinds = RedCounter.Kind.allCases.filter(\.isAvailable)

    /// What the documentation says of a colour, in plain integers.
    struct Colour {
        let red: Int
        let green: Int
        let blue: Int

        var isRed: Bool {
            let smallest = min(red, green, blue)
            return red >= green && red >= blue && 3 * abs(green - blue) <= red - smallest && 5 * smallest <= 3 * red
                && red >= 50
        }

        /// The place of the sector in ``sectors``.
        var sector: Int {
            let sorted = [red, green, blue].sorted()
            if sorted[2] - sorted[0] < 16 { return 6 }
            let standsOutAbove = sorted[1] - sorted[0] <= sorted[2] - sorted[1]
            let outstanding = standsOutAbove ? sorted[2] : sorted[0]
            let component = outstanding == red ? 0 : outstanding == green ? 1 : 2
            // Red, green, blue; their complements are cyan, magenta, yellow.
            return standsOutAbove ? [0, 2, 4][component] : [3, 5, 1][component]
        }
    }

    static func sectors(_ hues: HueSectors) -> [Int] {
        [hues.red, hues.yellow, hues.green, hues.cyan, hues.blue, hues.magenta, hues.colourless]
    }

    /// Numbers that a seed repeats.
    static func random(_ seed: UInt64, count: Int) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    @Test("of all 16,777,216 colours 1,563,053 are red, each as the definition says", arguments: kinds)
    func allColours(kind: RedCounter.Kind) {
        var differences = 0
        var redPixels = 0
        var row = [UInt8](repeating: 0, count: 256 * 3)
        for red in 0..<256 {
            for green in 0..<256 {
                for blue in 0..<256 {
                    row[3 * blue] = UInt8(red)
                    row[3 * blue + 1] = UInt8(green)
                    row[3 * blue + 2] = UInt8(blue)
                }
                // A row of cells, each 8 of the colours: where the red ones are is known, too.
                var expected = 0
                for blue in 0..<256 where Colour(red: red, green: green, blue: blue).isRed { expected += 1 }
                var counter = RedCounter(width: 256, channels: 3, kind: kind)
                row.withUnsafeBufferPointer { bytes in
                    guard let start = bytes.baseAddress else { return }
                    counter.count(rows: start, stride: row.count, count: 1)
                }
                if counter.redPixels != expected || counter.pixels != 256 { differences += 1 }
                redPixels += counter.redPixels
            }
        }
        #expect(differences == 0)
        #expect(redPixels == 1_563_053)
    }

    @Test("sectors of hue and sums are those of the definition for every 7th colour", arguments: kinds)
    func hues(kind: RedCounter.Kind) {
        let colours = stride(from: 0, to: 1 << 24, by: 7).map { colour in
            Colour(red: colour >> 16, green: colour >> 8 & 255, blue: colour & 255)
        }
        let width = 1009
        let rows = colours.count / width
        let bytes = colours.flatMap { [UInt8($0.red), UInt8($0.green), UInt8($0.blue)] }
        var expected = [Int](repeating: 0, count: 7)
        var sums = (0, 0, 0)
        for colour in colours[..<(rows * width)] {
            expected[colour.sector] += 1
            sums = (sums.0 + colour.red, sums.1 + colour.green, sums.2 + colour.blue)
        }
        var counter = RedCounter(width: width, channels: 3, kind: kind)
        bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            counter.count(rows: start, stride: 3 * width, count: rows)
        }
        let pixels = counter.pixels
        #expect(pixels == rows * width)
        #expect(counter.sums == sums)
        #expect(
            Self.sectors(counter.hueSectors)
                == expected.map { PictureMeasurement.share($0, of: pixels, times: 1_000_000) })
    }

    @Test("rows of every length up to 140 pixels count as pixel by pixel, with alpha and without", arguments: kinds)
    func lengths(kind: RedCounter.Kind) {
        for channels in [3, 4] {
            for width in 1...140 {
                let rows = 3
                // Rows are apart, and what lies between them is not counted.
                let stride = width * channels + 5
                var bytes = Self.random(UInt64(width), count: rows * stride)
                for index in bytes.indices where index % stride % channels == 0 { bytes[index] |= 0xc0 }
                for index in bytes.indices where index % stride % channels == 1 { bytes[index] /= 2 }
                var expected = (red: 0, pixels: 0, sum: 0)
                for row in 0..<rows {
                    for x in 0..<width {
                        let pixel = bytes[(row * stride + x * channels)...].prefix(channels).map { Int($0) }
                        guard channels == 3 || pixel[3] >= 128 else { continue }
                        expected.pixels += 1
                        expected.sum += pixel[2]
                        if Colour(red: pixel[0], green: pixel[1], blue: pixel[2]).isRed { expected.red += 1 }
                    }
                }
                var counter = RedCounter(width: width, channels: channels, kind: kind)
                bytes.withUnsafeBufferPointer { buffer in
                    guard let start = buffer.baseAddress else { return }
                    counter.count(rows: start, stride: stride, count: rows)
                }
                #expect(counter.redPixels == expected.red, "\(width) pixels of \(channels) bytes")
                #expect(counter.pixels == expected.pixels)
                #expect(counter.sums.blue == expected.sum)
            }
        }
    }

    @Test("however rows are handed over, the same is counted, by every kind")
    func bands() {
        let width = 203
        let rows = 61
        let bytes = Self.random(7, count: width * rows * 4)
        func counted(_ kind: RedCounter.Kind, band: Int) -> [String] {
            var counter = RedCounter(width: width, channels: 4, kind: kind)
            bytes.withUnsafeBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return }
                for row in stride(from: 0, to: rows, by: band) {
                    counter.count(
                        rows: start + row * width * 4, stride: width * 4, count: min(band, rows - row))
                }
            }
            counter.finish()
            return [
                "\(counter.redPixels) \(counter.pixels) \(counter.sums)", "\(counter.hueSectors)",
                "\(String(describing: counter.redBox))",
            ]
        }
        let expected = counted(.plain, band: rows)
        for kind in Self.kinds {
            for band in [1, 3, 8, 13, 61] { #expect(counted(kind, band: band) == expected) }
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

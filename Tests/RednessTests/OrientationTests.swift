import Foundation
import Testing

@testable import Redness

@Suite("EXIF's orientation")
struct OrientationTests {
    /// A box of 2 by 1 pixels at column 3 and row 1 of a picture of 10 by 4, in each orientation.
    static let boxes = [
        PictureBox(x: 3, y: 1, width: 2, height: 1), PictureBox(x: 5, y: 1, width: 2, height: 1),
        PictureBox(x: 5, y: 2, width: 2, height: 1), PictureBox(x: 3, y: 2, width: 2, height: 1),
        PictureBox(x: 1, y: 3, width: 1, height: 2), PictureBox(x: 2, y: 3, width: 1, height: 2),
        PictureBox(x: 2, y: 5, width: 1, height: 2), PictureBox(x: 1, y: 5, width: 1, height: 2),
    ]

    @Test("a box is where viewers show it", arguments: 1...8)
    func box(exif: Int) {
        let box = Orientation(exif: exif).displayed(Self.boxes[0], inWidth: 10, height: 4)
        #expect(box == Self.boxes[exif - 1])
    }

    @Test(
        "it turns the box and nothing else",
        arguments: [("baseline.jpg", "oriented.jpg"), ("lossy.webp", "oriented.webp")])
    func picture(plain: String, turned: String) throws {
        let upright = try PictureTests.measure(PictureTests.bytes("pictures/\(plain)"))
        let onItsSide = try PictureTests.measure(PictureTests.bytes("pictures/\(turned)"))
        let box = try #require(upright.redBox)
        #expect(upright.orientation == 1)
        #expect(onItsSide.orientation == 6)
        #expect(onItsSide.redPixels == upright.redPixels)
        #expect((onItsSide.width, onItsSide.height) == (upright.width, upright.height))
        #expect(
            onItsSide.redBox
                == PictureBox(x: 100 - box.y - box.height, y: box.x, width: box.height, height: box.width))
    }

    @Test("in a PNG it may stand behind the picture")
    func png() throws {
        let whole = try PictureTests.bytes("pictures/rgb8.png")
        let end = whole.count - 12
        let exif: [UInt8] = Array("MM\0*\0\0\0\u{8}\0\u{1}".utf8) + [1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0]
        let turned = Array(whole[..<end]) + PictureTests.chunk("eXIf", exif) + Array(whole[end...])
        #expect(try PictureTests.measure(turned).orientation == 8)
        // One that names no orientation there is.
        var wrong = exif
        wrong[19] = 9
        let odd = Array(whole[..<end]) + PictureTests.chunk("eXIf", wrong) + Array(whole[end...])
        #expect(try PictureTests.measure(odd).orientation == 1)
    }
}

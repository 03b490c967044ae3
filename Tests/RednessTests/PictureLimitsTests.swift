import Testing

@testable import Redness

@Suite("What pictures may cost")
struct PictureLimitsTests {
    /// What a picture is refused with.
    private func refusal(_ change: (inout PictureLimits) -> Void, _ bytes: [UInt8]) -> PictureError? {
        var limits = PictureLimits()
        change(&limits)
        do {
            _ = try PictureTests.measure(bytes, limits)
            return nil
        } catch {
            return error
        }
    }

    @Test("limits are checked on the header: bytes, sides, pixels, the decoder's memory")
    func limits() throws {
        let png = try PictureTests.bytes("pictures/rgb8.png")
        #expect(refusal({ $0.bytes = 100 }, png) == .tooLarge("\(png.count) bytes, the limit is 100"))
        #expect(refusal({ $0.side = 36 }, png) == .tooLarge("37 x 31 pixels, the limit is 36 a side"))
        #expect(refusal({ $0.pixels = 1146 }, png) == .tooLarge("37 x 31 pixels, the limit is 1146 in all"))
        #expect(refusal({ $0.pixels = 1147 }, png) == nil)
        let progressive = try PictureTests.bytes("pictures/progressive.jpg")
        guard case .tooLarge(let text)? = refusal({ $0.decoderBytes = 40_000 }, progressive) else {
            Issue.record("a progressive JPEG's coefficients were not counted")
            return
        }
        #expect(text.hasPrefix("150 x 100 pixels take 4"))
    }

    @Test(
        "what a decoder keeps is counted: a WebP's pixels, an interlaced GIF's and PNG's, a PNG's beyond which libpng streams",
        arguments: ["lossy.webp", "lossless.webp", "interlaced.gif", "rgb8-interlaced.png", "progressive.jpg"])
    func memory(name: String) throws {
        let bytes = try PictureTests.bytes("pictures/\(name)")
        let error = refusal({ $0.decoderBytes = 1000 }, bytes)
        guard case .tooLarge(let text)? = error else {
            Issue.record("\(name): \(String(describing: error))")
            return
        }
        #expect(text.contains("bytes to decode, the limit is 1000"))
    }

    @Test(
        "a PNG that may not be kept whole is streamed, and measures the same",
        arguments: ["rgb8.png", "palettealpha2.png"])
    func streamed(name: String) throws {
        let bytes = try PictureTests.bytes("pictures/\(name)")
        var limits = PictureLimits()
        // Two rows and libpng's own state, but not the picture.
        limits.decoderBytes = 37 * 16 + (1 << 16)
        let header = try PictureTests.measure(bytes)
        #expect(try PictureTests.measure(bytes, limits) == header)
    }

    @Test(
        "processor time is limited in every format", arguments: ["baseline.jpg", "rgb8.png", "lossy.webp", "plain.gif"])
    func time(name: String) throws {
        let error = refusal({ $0.processorMilliseconds = 0 }, try PictureTests.bytes("pictures/\(name)"))
        #expect(error == .tooLarge("it takes more than 0 s to decode"))
    }

    @Test("an animation's frames are limited", arguments: ["animated.gif", "animated.webp"])
    func frames(name: String) throws {
        let bytes = try PictureTests.bytes("pictures/\(name)")
        let error = refusal({ $0.frames = 1 }, bytes)
        #expect(error?.description.contains(" frames") == true)
        #expect(refusal({ $0.frames = 2 }, bytes) == nil)
    }
}

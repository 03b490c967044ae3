import Foundation
import Testing

@testable import Redness

@Suite("Measuring pictures")
struct PictureTests {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    /// What numpy counted, see `Tests/Fixtures/make_pictures.py`.
    struct Golden: Decodable, Sendable {
        let redPixels: Int
        let pixels: Int
        let width: Int
        let height: Int

        static func all() -> [String: Golden] {
            do {
                let content = try Data(contentsOf: fixtures.appendingPathComponent("golden.json"))
                return try JSONDecoder().decode([String: Golden].self, from: content)
            } catch {
                fatalError("golden.json: \(error)")
            }
        }
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: fixtures.appendingPathComponent(name)))
    }

    static func measure(
        _ bytes: [UInt8], _ limits: PictureLimits = PictureLimits(), scale: PictureScale = .full
    ) throws(PictureError) -> PictureMeasurement {
        let result: Result<PictureMeasurement, PictureError> = bytes.withUnsafeBytes { content in
            do throws(PictureError) {
                return .success(try PictureMeasurer(limits: limits).measure(content, scale: scale))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// A PNG's chunk with its checksum.
    static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        func big32(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        let body = Array(name.utf8) + content
        var sum: UInt32 = 0xffff_ffff
        for byte in body {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xedb8_8320 : 0) }
        }
        return big32(UInt32(content.count)) + body + big32(~sum)
    }

    @Test("every kind of picture counts as numpy does, to the pixel", arguments: Golden.all().keys.sorted())
    func golden(name: String) throws {
        let expected = try #require(Golden.all()[name])
        let measured = try Self.measure(Self.bytes(name))
        #expect(measured.redPixels == expected.redPixels)
        #expect(measured.pixels == expected.pixels)
        #expect(measured.width == expected.width)
        #expect(measured.height == expected.height)
        #expect(name.hasSuffix(".\(measured.format.fileExtension)"))
    }

    @Test("a file measures as its bytes do", arguments: Golden.all().keys.sorted())
    func file(name: String) throws {
        let path = Self.fixtures.appendingPathComponent(name).path
        #expect(try PictureMeasurer().measure(file: path) == Self.measure(Self.bytes(name)))
    }

    @Test("a descriptor's offset neither matters nor changes")
    func descriptor() throws {
        let name = "photos/coffee.png"
        let file = try FileHandle(forReadingFrom: Self.fixtures.appendingPathComponent(name))
        try file.seek(toOffset: 1000)
        #expect(try PictureMeasurer().measure(descriptor: file.fileDescriptor) == Self.measure(Self.bytes(name)))
        #expect(try file.offset() == 1000)
    }

    @Test(
        "a picture cut at any byte is refused",
        arguments: [
            "pictures/baseline.jpg", "pictures/progressive.jpg", "pictures/rgb8.png", "pictures/rgba8-interlaced.png",
            "pictures/lossy.webp", "pictures/alpha-lossless.webp", "pictures/animated.webp", "pictures/plain.gif",
            "pictures/interlaced.gif", "pictures/animated.gif",
        ])
    func truncation(name: String) throws {
        let whole = try Self.bytes(name)
        for length in stride(from: 1, to: whole.count, by: max(1, whole.count / 199)) {
            #expect(throws: PictureError.self, "\(length) of \(whole.count) bytes") {
                try Self.measure(Array(whole[..<length]))
            }
        }
        // The end alone is missing: JPEG's last marker, PNG's last chunk, GIF's trailer.
        #expect(throws: PictureError.self) { try Self.measure(Array(whole.dropLast(1))) }
    }

    @Test(
        "a picture cut short is told as such",
        arguments: ["photos/rocket.jpg", "photos/coffee.png", "pictures/lossy.webp", "pictures/plain.gif"])
    func truncatedMessage(name: String) throws {
        let whole = try Self.bytes(name)
        let error = #expect(throws: PictureError.self) { try Self.measure(Array(whole[..<(whole.count / 2)])) }
        #expect(error?.description.hasPrefix("the picture is cut short (") == true)
    }

    @Test(
        "altered pictures are measured or refused, never more",
        arguments: [
            "baseline.jpg", "rgb8.png", "palette4.png", "swapped.png", "lossy.webp", "alpha-lossless.webp", "plain.gif",
        ])
    func mutations(name: String) throws {
        let whole = try Self.bytes("pictures/\(name)")
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var limits = PictureLimits()
        limits.decoderBytes = 8 << 20
        for _ in 0..<1000 {
            var bytes = whole
            for _ in 0...random(8) { bytes[random(bytes.count)] = UInt8(random(256)) }
            do {
                let measured = try Self.measure(bytes, limits)
                #expect(measured.redPixels <= measured.pixels)
                #expect(measured.pixels <= measured.width * measured.height)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test("no bytes, text, and a picture by name alone are told apart")
    func foreign() {
        #expect(throws: PictureError.empty) { try Self.measure([]) }
        #expect(throws: PictureError.unknownFormat("'no picture a'")) {
            try Self.measure(Array("no picture at all".utf8))
        }
        #expect(throws: PictureError.unknownFormat("47 49 46 00")) { try Self.measure([0x47, 0x49, 0x46, 0]) }
        #expect(throws: PictureError.unknownFormat("'RIFF4444WAVE'")) { try Self.measure(Array("RIFF4444WAVE".utf8)) }
    }

    @Test("a chunk that claims gigabytes costs none")
    func ancillaryBomb() throws {
        let whole = try Self.bytes("pictures/rgb8.png")
        // A text chunk of 0x7fffffff bytes after the header, of which there are none.
        let bomb = Array(whole[..<33]) + [0x7f, 0xff, 0xff, 0xff] + Array("zTXt".utf8) + Array(whole[33...])
        #expect(throws: PictureError.self) { try Self.measure(bomb) }
    }

    @Test("what is no regular file is refused", arguments: ["/nonexistent/a.jpg", "/dev/zero", "/tmp"])
    func noFile(path: String) {
        #expect(throws: PictureError.self) { try PictureMeasurer().measure(file: path) }
    }
}

import Foundation
import HTTPService
import Redness
import TestSupport
import Testing

@testable import RED

struct TextTests {
    @Test func `JSON text survives whatever a string holds`() throws {
        let text = "quote \" backslash \\ line\r\n\ttab \u{0} \u{1f} \u{7f} é 🐎"
        let object = JSONObject(members: [("text", .text(text)), ("number", .number(-3))])
        let decoded = try JSONSerialization.jsonObject(with: Data(object.text.utf8)) as? [String: Any]
        #expect(decoded?["text"] as? String == text)
        #expect(decoded?["number"] as? Int == -3)
        #expect(object.text.hasPrefix("{\"text\":"))
    }

    @Test func `JSON nests, and has null, flags and lists`() {
        let inner: [(name: String, value: JSONObject.Value)] = [("a", .number(1)), ("b", .null)]
        let object = JSONObject(members: [
            ("flag", .flag(true)), ("list", .array([.text("x"), .flag(false)])), ("object", .object(inner)),
        ])
        #expect(object.text == #"{"flag":true,"list":["x",false],"object":{"a":1,"b":null}}"#)
    }

    @Test func `A measurement has all its members, in order`() {
        let measurement = PictureMeasurement(
            redPixels: 1, pixels: 2, width: 1, height: 2, format: .webp, meanRed: 10_050, meanGreen: 100, meanBlue: 0,
            hueSectors: HueSectors(
                red: 500_000, yellow: 0, green: 0, cyan: 0, blue: 0, magenta: 0, colourless: 500_000),
            redBox: PictureBox(x: 0, y: 1, width: 1, height: 1), orientation: 1, isApproximate: true)
        #expect(
            JSONObject(members: measurement.members).text == """
                {"red":500000,"redPixels":1,"pixels":2,"width":1,"height":2,"format":"webp","meanRed":10050,\
                "meanGreen":100,"meanBlue":0,"hueSectors":{"red":500000,"yellow":0,"green":0,"cyan":0,"blue":0,\
                "magenta":0,"colourless":500000},"redBox":{"x":0,"y":1,"width":1,"height":1},"orientation":1,\
                "isApproximate":true}
                """)
    }

    @Test func `The table has the mean colour, the patch, and a mark where it is approximate`() throws {
        let photo = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/photos/retina.jpg").path
        let full = FileMeasurement.table([FileMeasurement(of: photo)]).split(separator: "\n")
        let half = FileMeasurement.table([FileMeasurement(of: photo, scale: .half)]).split(separator: "\n")
        #expect(full.first?.contains("MEAN     RED PATCH") == true)
        #expect(full.last?.contains("≈") == false)
        #expect(half.last?.hasPrefix("≈ ") == true)
        #expect(full.last?.contains(" at ") == true)
        #expect(full.last?.contains("  #") == true)
        // Without its name, a picture's line leaves room for one of 16 characters.
        #expect(full.allSatisfy { $0.replacing(photo, with: "").count <= 64 })
    }

    @Test func `Measured files are listed in JSON, failed ones are not`() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("a.png")
        try Data(PNG.picture(width: 2, height: 3)).write(to: file)
        let measured = [FileMeasurement(of: file.path), FileMeasurement(of: "/nowhere")]
        let json = try JSONSerialization.jsonObject(with: Data(FileMeasurement.json(measured).utf8)) as? [[String: Any]]
        #expect(json?.map { $0["file"] as? String } == [file.path])
        #expect(json?.first?["pixels"] as? Int == 6)
        #expect(FileMeasurement.json([]) == "[]\n")
    }

    @Test func `The table's columns are aligned`() throws {
        let folder = try TemporaryFolder()
        let files = try [("a.png", 2), ("b.png", 123)].map { name, width in
            let file = folder.url.appendingPathComponent(name)
            try Data(PNG.picture(width: width, height: 3)).write(to: file)
            return FileMeasurement(of: file.path)
        }
        let lines = FileMeasurement.table(files).split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        let places = lines.map { line in line.range(of: line.contains("FILE") ? "FILE" : folder.url.path)?.lowerBound }
        #expect(
            Set(zip(lines, places).map { line, place in place.map { line.distance(from: line.startIndex, to: $0) } })
                .count == 1)
        #expect(FileMeasurement.table([]) == "")
    }
}

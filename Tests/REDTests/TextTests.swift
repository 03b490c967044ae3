import Foundation
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

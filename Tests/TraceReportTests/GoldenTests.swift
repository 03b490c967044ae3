import Foundation
import Testing
import TraceReport

/// Files that hold whole outputs. `HOOFPRINT_RENEW_GOLDEN=1` writes them anew.
enum Golden {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")

    static func compare(
        _ text: String, with name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["HOOFPRINT_RENEW_GOLDEN"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(expected == text, sourceLocation: sourceLocation)
    }
}

/// Whole outputs, compared with files in `Golden`.
@Suite("Whole reports")
struct GoldenTests {
    private func report(_ log: WrittenLog) throws -> Report {
        var analyser = LogAnalyser()
        try analyser.read(.bytes(log.bytes, name: "server.log"))
        return analyser.report()
    }

    @Test("as text, no line is wider than the terminal", arguments: [60, 80, 100, 140])
    func text(width: Int) throws {
        let text = TextRenderer(width: width).render(try report(.pictureService()))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
        #expect(!text.contains("\u{1b}"))
        try Golden.compare(text, with: "picture-service-\(width).txt")
    }

    @Test("with stack samples, as text", arguments: [60, 80, 100])
    func samples(width: Int) throws {
        let text = TextRenderer(width: width).render(try report(.sampledPictureService()))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
        try Golden.compare(text, with: "sampled-service-\(width).txt")
    }

    @Test("with stack samples, in the formats of profilers")
    func profilerFormats() throws {
        let report = try report(.sampledPictureService())
        try Golden.compare(JSONRenderer().render(report), with: "sampled-service.json")
        try Golden.compare(CollapsedRenderer().render(report), with: "sampled-service.collapsed")
        try Golden.compare(SpeedscopeRenderer().render(report), with: "sampled-service.speedscope.json")
    }

    @Test("in colour, the words are the same")
    func colour() throws {
        let plain = TextRenderer(width: 100).render(try report(.sampledPictureService()))
        let coloured = TextRenderer(width: 100, usesColor: true).render(try report(.sampledPictureService()))
        #expect(coloured.contains("\u{1b}["))
        #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
    }

    @Test("as JSON")
    func json() throws {
        let text = JSONRenderer().render(try report(.pictureService()))
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
        try Golden.compare(text, with: "picture-service.json")
    }

    @Test("with requests, open spans and resources, as JSON")
    func watched() throws {
        let text = JSONRenderer().render(try report(.watchedPictureService()))
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
        try Golden.compare(text, with: "watched-service.json")
    }

    @Test("hostile names reach neither the terminal nor break the JSON")
    func hostileNames() throws {
        let name = "a\u{1b}]0;title\u{7}\u{202e}\u{2028}\u{9b}31m\"\\</script>\u{0}é日本"
        var log = WrittenLog(session: 99)
        log.writeSession()
        log.writeClock(seconds: 1)
        log.writePath(1, under: 0, name)
        log.writeStats(1, count: 1, total: 1000, own: 1000, cpu: 1000)
        let report = try report(log)
        for width in [60, 100, 200] {
            let text = TextRenderer(width: width, usesColor: false).render(report)
            let isClean = text.unicodeScalars.allSatisfy { scalar in
                scalar == "\n"
                    || ![.control, .format, .lineSeparator, .paragraphSeparator].contains(
                        scalar.properties.generalCategory)
            }
            #expect(isClean)
        }
        let json = JSONRenderer().render(report)
        #expect(!json.utf8.dropLast().contains { $0 < 0x20 })
        let parsed = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let functions = try #require(parsed["functions"] as? [[String: Any]])
        #expect(functions.first?["name"] as? String == name)
    }

    @Test("a third format needs a type and nothing else")
    func userRenderer() throws {
        struct Names: Renderer {
            func render(_ report: Report) -> String { report.functions.map(\.name).joined(separator: ",") }
        }
        #expect(Names().render(try report(.pictureService())).contains(","))
    }
}

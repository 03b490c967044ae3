import Foundation
import JSONDiff
import Testing

/// Whole outputs, compared with files in `Golden`. `HOOFPRINT_RENEW_GOLDEN=1` writes the files anew.
@Suite("Whole differences")
struct RenderingGoldenTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")

    private func check(_ text: String, _ name: String) throws {
        let file = Self.folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["HOOFPRINT_RENEW_GOLDEN"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    private func package() throws -> JSONDifference { try Samples.difference(Samples.oldPackage, Samples.newPackage) }
    private func records() throws -> JSONDifference { try Samples.difference(Samples.oldRecords, Samples.newRecords) }

    @Test("for eyes, no line is wider than the terminal", arguments: [80, 100])
    func human(width: Int) throws {
        for (name, difference) in [("package", try package()), ("records", try records())] {
            let text = try Samples.text(HumanRenderer(width: width), difference)
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
            #expect(!text.contains("\u{1b}"))
            try check(text, "\(name)-\(width).txt")
        }
    }

    @Test("in colour, the words are the same")
    func colour() throws {
        for difference in [try package(), try records()] {
            let plain = try Samples.text(HumanRenderer(width: 80), difference)
            let coloured = try Samples.text(HumanRenderer(width: 80, usesColor: true), difference)
            #expect(coloured.contains("\u{1b}["))
            #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
        }
    }

    @Test("in every other format")
    func formats() throws {
        for (name, difference) in [("package", try package()), ("records", try records())] {
            try check(Samples.text(SummaryRenderer(), difference), "\(name).json")
            try check(Samples.text(PatchRenderer(tests: true), difference), "\(name).patch.json")
            try check(Samples.text(MergePatchRenderer(), difference), "\(name).merge.json")
            try check(Samples.text(JDRenderer(), difference), "\(name).jd")
            try check(Samples.text(HTMLRenderer(old: "old.json", new: "new.json"), difference), "\(name).html")
            try check(Samples.text(StatisticsRenderer(width: 80), difference), "\(name).stat.txt")
        }
    }

    @Test("the summary is JSON, and says what was found")
    func summary() throws {
        let bytes = try SummaryRenderer().bytes(of: try records())
        let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(object["version"] as? Int == 1)
        #expect(object["equal"] as? Bool == false)
        #expect(object["moved"] as? Int == 1)
        #expect(object["added"] as? Int == 1)
        let changes = try #require(object["changes"] as? [[String: Any]])
        let move = try #require(changes.first { $0["op"] as? String == "move" })
        #expect(move["oldPath"] as? String == "/3")
        #expect(move["newPath"] as? String == "/0")
    }

    @Test("equal documents: nothing for eyes, and the empty form of each format")
    func equal() throws {
        let difference = try Samples.difference(#"{"a":1}"#, #"{ "a" : 1.0 }"#)
        #expect(try Samples.text(HumanRenderer(), difference) == "")
        #expect(try Samples.text(JDRenderer(), difference) == "")
        #expect(try Samples.text(PatchRenderer(), difference) == "[]\n")
        #expect(try Samples.text(MergePatchRenderer(), difference) == "{}\n")
        #expect(try Samples.text(StatisticsRenderer(), difference) == "No changes.\n")
        #expect(
            try Samples.text(SummaryRenderer(), difference)
                == #"{"version":1,"equal":true,"complete":true,"added":0,"removed":0,"replaced":0,"moved":0,"changes":[]}"#
                + "\n")
    }

    @Test("what leads back is written as well as what leads there")
    func reversed() throws {
        let back = try records().reversed
        let text = try Samples.text(HumanRenderer(width: 80), back)
        #expect(text.contains(#"id: 2, name: "Grace Hopper""#))
        #expect(text.contains(#"~ email: "grace@navy.example" → "grace@example.org""#))
    }
}

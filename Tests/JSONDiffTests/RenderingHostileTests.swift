import Foundation
import JSONDiff
import Testing

@Suite("Hostile text in differences")
struct RenderingHostileTests {
    private func difference() throws -> JSONDifference {
        let name = Samples.hostile
        func document(_ number: Int, _ end: String) throws -> [UInt8] {
            let value: [String: Any] = [
                name: [number, name + end],
                "list": [["id": name, "x": name + String(repeating: "1", count: 300) + end]],
                name + end: name,
            ]
            return [UInt8](try JSONSerialization.data(withJSONObject: value))
        }
        return try compare(document(1, "!"), document(2, "?"))
    }

    private func isVisible(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar == "\n"
                || ![.control, .format, .lineSeparator, .paragraphSeparator, .privateUse].contains(
                    scalar.properties.generalCategory)
        }
    }

    @Test("nothing reaches the terminal that it would obey, and lines keep to its width", arguments: [60, 80, 200])
    func terminal(width: Int) throws {
        for text in [
            try Samples.text(HumanRenderer(width: width), difference()),
            try Samples.text(StatisticsRenderer(width: width), difference()),
        ] {
            #expect(isVisible(text))
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
        }
    }

    @Test("nothing becomes markup in the page")
    func page() throws {
        let text = try Samples.text(HTMLRenderer(old: Samples.hostile, new: "b"), difference())
        #expect(isVisible(text))
        #expect(!text.contains("<img"))
        #expect(!text.contains("<script"))
        #expect(!text.contains("</script"))
        #expect(text.contains("&lt;img src=x"))
        #expect(text.contains("default-src 'none'"))
    }

    @Test("patches, merge patches and summaries are read back as what was meant")
    func readBack() throws {
        let difference = try difference()
        let patch = try JSONPatch(JSONDocument(PatchRenderer(tests: true).bytes(of: difference)))
        #expect(try compare(JSONDocument(patch.applied(to: difference.old)), difference.new).isEmpty)
        #expect(try compare(JSONDocument(patch.reverted(on: difference.new)), difference.old).isEmpty)
        let merge = JSONMergePatch(try JSONDocument(MergePatchRenderer().bytes(of: difference)))
        #expect(try compare(JSONDocument(merge.applied(to: difference.old)), difference.new).isEmpty)
        _ = try JSONDocument(SummaryRenderer().bytes(of: difference))
    }

    @Test("surrogates without another half are shown, and written so that they can be read")
    func surrogates() throws {
        let difference = try Samples.difference(#"{"\ud800":"\udfff"}"#, #"{"\ud800":"\udffe","\udc00/":1}"#)
        #expect(try Samples.text(HumanRenderer(), difference).contains(#"~ \ud800: "\udfff" → "\udffe""#))
        let patch = try JSONPatch(JSONDocument(PatchRenderer(tests: true).bytes(of: difference)))
        #expect(try compare(JSONDocument(patch.applied(to: difference.old)), difference.new).isEmpty)
    }

    @Test("a place 10,000 steps deep is shown on a line, and written whole")
    func deep() throws {
        let depth = 9_999
        func document(_ value: String) -> String {
            String(repeating: "{\"a\":", count: depth) + value + String(repeating: "}", count: depth)
        }
        let difference = try Samples.difference(document("1"), document("2"))
        let text = try Samples.text(HumanRenderer(width: 80), difference)
        #expect(text.contains(" steps…"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        let merge = try MergePatchRenderer().bytes(of: difference)
        #expect(
            try Samples.isEqual(
                JSONMergePatch(JSONDocument(merge)).applied(to: difference.old), Array(document("2").utf8)))
        _ = try HTMLRenderer().bytes(of: difference)
    }
}

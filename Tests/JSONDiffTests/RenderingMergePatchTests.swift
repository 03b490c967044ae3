import JSONDiff
import SeededRandom
import Testing

@Suite("Merge patches")
struct RenderingMergePatchTests {
    /// RFC 7396, appendix A: the original, the patch, the result.
    static let table: [(original: String, patch: String, result: String)] = [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#),
        (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
        (#"{"a":"foo"}"#, #"null"#, #"null"#),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        (#"{}"#, #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ]

    private func merged(_ patch: [UInt8], into document: String) throws -> [UInt8] {
        try JSONMergePatch(JSONDocument(patch)).applied(to: JSONDocument(Array(document.utf8)))
    }

    @Test("the RFC's examples are applied as it says", arguments: table)
    func apply(row: (original: String, patch: String, result: String)) throws {
        #expect(try Samples.isEqual(merged(Array(row.patch.utf8), into: row.original), Array(row.result.utf8)))
    }

    @Test("the patch from either document to the other makes it", arguments: table)
    func both(row: (original: String, patch: String, result: String)) throws {
        for (old, new) in [(row.original, row.result), (row.result, row.original), (row.result, row.result)] {
            let isSayable = !(new == #"{"e":null}"# && old != #"{"e":null,"a":1}"#)
            guard isSayable else { continue }
            let patch = try MergePatchRenderer().bytes(of: Samples.difference(old, new))
            #expect(try Samples.isEqual(merged(patch, into: old), Array(new.utf8)))
        }
    }

    @Test("where null is new it cannot be said, and the message names the path")
    func null() throws {
        for (old, new, path) in [
            (#"{"a":{"b":1}}"#, #"{"a":{"b":null}}"#, "/a/b"),
            (#"{}"#, #"{"x":{"a/b":{"c":[null],"d":null}}}"#, "/x/a~1b/d"), (#"[1]"#, #"{"a":null}"#, "/a"),
        ] {
            let difference = try Samples.difference(old, new)
            let error = #expect(throws: JSONMergePatchError.self) { try MergePatchRenderer().bytes(of: difference) }
            #expect("\(try #require(error))".contains("'\(path)'"))
        }
        // Those in arrays, and those that stay, can.
        for (old, new) in [(#"{"a":[1]}"#, #"{"a":[null,{"b":null}]}"#), (#"{"n":null,"a":1}"#, #"{"n":null,"a":2}"#)] {
            let patch = try MergePatchRenderer().bytes(of: Samples.difference(old, new))
            #expect(try Samples.isEqual(merged(patch, into: old), Array(new.utf8)))
        }
    }

    @Test("what is not changed stands as it did")
    func layout() throws {
        let old = "\n{\n  \"a\" : 1.0,\n  \"b\": {\"c\": [1,  2]},\n  \"d\": 3\n}\n"
        let new = try merged(Array(#"{"b":{"x":{"y":1,"z":null}},"d":null,"e":5}"#.utf8), into: old)
        let text = String(decoding: new, as: UTF8.self)
        #expect(text == "\n{\n  \"a\" : 1.0,\n  \"b\": {\"c\": [1,  2],\"x\":{\"y\":1}},\n  \"e\":5\n}\n")
    }

    @Test("for random documents the patch leads from one to the other, or null is in the way")
    func random() throws {
        var random = SeededGenerator(seed: 7396)
        var said = 0
        for _ in 0..<2000 {
            let old = value(&random, depth: 0), new = value(&random, depth: 0)
            let difference = try Samples.difference(old, new)
            guard let patch = try? MergePatchRenderer().bytes(of: difference) else {
                #expect(new.contains("null"))
                continue
            }
            said += 1
            #expect(try Samples.isEqual(merged(patch, into: old), Array(new.utf8)), "\(old) → \(new)")
        }
        #expect(said > 500)
    }

    private func value(_ random: inout SeededGenerator, depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 3 ? 4 : 9), using: &random) {
        case 0: return Int.random(in: 0..<4, using: &random) == 0 ? "null" : "true"
        case 1: return "\(Int.random(in: 0..<3, using: &random))"
        case 2, 3: return #""\#(Int.random(in: 0..<3, using: &random))""#
        case 4:
            return "["
                + (0..<Int.random(in: 0..<3, using: &random)).map { _ in value(&random, depth: depth + 1) }.joined(
                    separator: ",") + "]"
        default:
            let keys = ["a", "b", "c", "d"].filter { _ in Bool.random(using: &random) }
            return "{" + keys.map { #""\#($0)":"# + value(&random, depth: depth + 1) }.joined(separator: ",") + "}"
        }
    }
}

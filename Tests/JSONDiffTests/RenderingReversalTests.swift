import JSONDiff
import Testing

@Suite("Patches that are taken back")
struct RenderingReversalTests {
    private func patch(_ text: String) throws -> JSONPatch { try JSONPatch(JSONDocument(Array(text.utf8))) }

    @Test(
        "what a patch did is undone",
        arguments: [
            #"[{"op":"add","path":"/l/1","value":9},{"op":"add","path":"/n","value":{"x":1}}]"#,
            #"[{"op":"test","path":"/a","value":{"b":1}},{"op":"remove","path":"/a"}]"#,
            #"[{"op":"test","path":"/a/b","value":1.0},{"op":"replace","path":"/a/b","value":2}]"#,
            #"[{"op":"move","from":"/a","path":"/c"},{"op":"copy","from":"/l/0","path":"/l/3"}]"#,
            #"[{"op":"test","path":"/l/0","value":1},{"op":"move","from":"/l/0","path":"/l/2"}]"#,
            #"[{"op":"test","path":"/l","value":[1,2,3]}]"#, "[]",
        ])
    func undone(text: String) throws {
        let old = try JSONDocument(Array(#"{"a": {"b": 1}, "l": [1, 2, 3]}"#.utf8))
        let patch = try patch(text)
        let new = try JSONDocument(patch.applied(to: old))
        #expect(try compare(JSONDocument(patch.reverted(on: new)), old).isEmpty)
    }

    @Test(
        "what does not say what was there is refused, by its number",
        arguments: [
            #"[{"op":"remove","path":"/a"}]"#, #"[{"op":"replace","path":"/a","value":1}]"#,
            #"[{"op":"add","path":"/l/-","value":1}]"#, #"[{"op":"add","path":"","value":1}]"#,
            #"[{"op":"move","from":"/a","path":"/l/-"}]"#,
            #"[{"op":"test","path":"/l/0","value":1},{"op":"remove","path":"/l/1"}]"#,
        ])
    func refused(text: String) throws {
        let document = try JSONDocument(Array(#"{"a": 1, "l": [1, 2, 3]}"#.utf8))
        let error = #expect(throws: JSONPatchError.self) { try patch(text).reverted(on: document) }
        #expect(try #require(error).problem.contains("cannot be taken back"))
        #expect(try #require(error?.operation) <= 1)
        #expect(error?.isFailedTest == false)
    }

    @Test("a document that the patch did not lead to fails a test")
    func other() throws {
        let document = try JSONDocument(Array(#"{"n": 2}"#.utf8))
        let error = #expect(throws: JSONPatchError.self) {
            try patch(#"[{"op":"add","path":"/n","value":1}]"#).reverted(on: document)
        }
        #expect(error?.isFailedTest == true)
    }
}

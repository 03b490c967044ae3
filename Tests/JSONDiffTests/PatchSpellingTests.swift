import Testing

@testable import JSONDiff

@Suite("Writing and reading patches")
struct PatchSpellingTests {
    private static func applied(_ patch: String, to document: String) throws -> String {
        let result = try JSONPatch(JSONDocument(Array(patch.utf8))).applied(to: JSONDocument(Array(document.utf8)))
        return String(decoding: result, as: UTF8.self)
    }

    @Test("keys with slashes, tildes, escapes and surrogates without another half survive being written and read")
    func keys() throws {
        let keys = [
            "", "/", "~", "~1", "a/b~c", #"\ud800"#, #"\udfff"#, "\u{FFFD}", #"\ud800/\udfff"#, #"\u0000"#,
            #"\n\t\"\\"#,
            "é", "e\u{301}", "😀", "-", "0", #"\ud83d~"#, "\u{301}",
        ]
        let frame: (String) -> [UInt8] = { value in
            Array(("{" + keys.map { "\"\($0)\":{\"in\":\(value)}" }.joined(separator: ",") + "}").utf8)
        }
        let difference = try compare(frame("1"), frame("[\"\\ud800\"]"))
        #expect(difference.changes.count == keys.count)
        for tests in [false, true] {
            let patch = try JSONPatch(JSONDocument(JSONPatch(difference, tests: tests).bytes))
            #expect(patch.count == keys.count * (tests ? 2 : 1))
            #expect(try compare(patch.applied(to: difference.old), frame("[\"\\ud800\"]")).isEmpty)
        }
        // Members with such keys that come and go.
        for key in keys {
            for (old, new) in [("{}", "{\"\(key)\":[]}"), ("{\"\(key)\":[]}", "{}")] {
                let difference = try compare(Array(old.utf8), Array(new.utf8))
                let patch = try JSONPatch(JSONDocument(JSONPatch(difference).bytes))
                #expect(try compare(patch.applied(to: difference.old), Array(new.utf8)).isEmpty, "\(old) \(new)")
            }
        }
    }

    @Test("surrogates without another half are told apart by tests and by paths")
    func surrogates() throws {
        let document = #"{"\ud800":1,"\udfff":2,"\ufffd":3,"v":"\ud800"}"#
        #expect(
            try Self.applied(#"[{"op":"remove","path":"/\udfff"}]"#, to: document)
                == #"{"\ud800":1,"\ufffd":3,"v":"\ud800"}"#)
        #expect(throws: Never.self) { try Self.applied(#"[{"op":"test","path":"/v","value":"\uD800"}]"#, to: document) }
        for other in [#"\udfff"#, #"\ufffd"#] {
            let error = #expect(throws: JSONPatchError.self) {
                try Self.applied(#"[{"op":"test","path":"/v","value":"\#(other)"}]"#, to: document)
            }
            #expect(error?.isFailedTest == true)
        }
    }

    @Test("what is not changed stays as it is spelled")
    func unchanged() throws {
        let document = "\n{ \"a\" : [ 1.0 , 2e0 ] ,\n  \"b\":\t\"\\u00e9\" }\n"
        #expect(
            try Self.applied(#"[{"op":"replace","path":"/a/1","value":3}]"#, to: document)
                == "\n{ \"a\" : [ 1.0, 3 ],\n  \"b\":\t\"\\u00e9\" }\n")
        #expect(try Self.applied("[]", to: document) == document)
    }

    @Test(
        "operations that cannot be done say which and why",
        arguments: [
            (#"{}"#, "a patch is an array of operations"), (#"[1]"#, "operation 0: an operation is an object"),
            (#"[{"path":""}]"#, "operation 0: 'op' is missing"),
            (#"[{"op":"add","path":"/a"}]"#, "operation 0: 'value' is missing"),
            (
                #"[{"op":"get","path":"/a"}]"#,
                "operation 0: 'op' is 'get'; it is add, remove, replace, move, copy or test"
            ),
            (#"[{"op":"remove","path":"a"}]"#, "operation 0: 'path' is 'a', which is no JSON Pointer"),
            (#"[{"op":"remove","path":"/~2"}]"#, "operation 0: 'path' is '/~2', which is no JSON Pointer"),
            (#"[{"op":"remove","path":1}]"#, "operation 0: 'path' has to be a string"),
            (#"[{"op":"move","path":"/b"}]"#, "operation 0: 'from' is missing"),
            (#"[{"op":"move","from":"/a","path":"/a/0"}]"#, "operation 0: a value cannot be moved into itself"),
            (
                #"[{"op":"test","path":"","value":{"a":[1]}},{"op":"remove","path":"/a/1"}]"#,
                "operation 1: there is nothing at '/a/1'"
            ),
            (#"[{"op":"add","path":"/a/2","value":0}]"#, "operation 0: '/a/2' is no place in an array of 1 elements"),
            (#"[{"op":"add","path":"/a/01","value":0}]"#, "operation 0: '/a/01' is no place in an array of 1 elements"),
            (#"[{"op":"add","path":"/a/0/b","value":0}]"#, "operation 0: '/a/0' is neither an object nor an array"),
            (
                #"[{"op":"test","path":"/a","value":[2]}]"#,
                "operation 0: the test fails: at '/a' there is another value"
            ),
        ])
    func mistakes(patch: String, message: String) {
        let error = #expect(throws: JSONPatchError.self) { try Self.applied(patch, to: #"{"a":[1]}"#) }
        #expect(error?.description == message)
    }
}

import Testing

@testable import JSONDiff

@Suite("Comparing arrays and objects")
struct CompareMovesTests {
    private func changes(
        _ old: String, _ new: String, _ change: (inout JSONOptions) -> Void = { _ in }
    ) throws -> [String] {
        var options = JSONOptions()
        change(&options)
        return try compare(Array(old.utf8), Array(new.utf8), options: options).changes.map { change in
            let from = change.from.map { " from '\($0)'" } ?? ""
            let values = [change.old, change.new].map { $0.map(\.description) ?? "-" }.joined(separator: " → ")
            return "\(change.kind) '\(change.path)'\(from): \(values)"
        }
    }

    @Test("an element that stands elsewhere is moved")
    func movedElement() throws {
        #expect(
            try changes(#"["a","b","c","moved"]"#, #"["moved","a","b","c"]"#)
                == [#"move '/0' from '/3': "moved" → "moved""#])
        #expect(
            try changes(#"["moved","a","b","c"]"#, #"["a","b","c","moved"]"#)
                == [#"move '/3' from '/0': "moved" → "moved""#])
    }

    @Test("a member with another key and the same value is moved, where the value is longer than a word")
    func renamedMember() throws {
        #expect(
            try changes(#"{"old":[1,2,3,4,5,6,7,8]}"#, #"{"new":[1,2,3,4,5,6,7,8]}"#)
                == ["move '/new' from '/old': [1,2,3,4,5,6,7,8] → [1,2,3,4,5,6,7,8]"])
        #expect(try changes(#"{"old":1}"#, #"{"new":1}"#) == ["remove '/old': 1 → -", "add '/new': - → 1"])
    }

    @Test("a record that changed is shown as a change in it")
    func changedRecord() throws {
        let old = #"[{"id":1,"name":"one","size":3},{"id":2,"name":"two","size":4}]"#
        let new = #"[{"id":0,"name":"nought","size":0},{"id":1,"name":"one","size":3},{"id":2,"name":"two","size":5}]"#
        #expect(
            try changes(old, new)
                == [#"add '/0': - → {"id":0,"name":"nought","size":0}"#, "replace '/2/size': 4 → 5"])
    }

    @Test("places are given in the old and in the new array too")
    func places() throws {
        let difference = try compare(Array("[1,2,3,[4,5]]".utf8), Array("[2,3,[4,6]]".utf8))
        let changes = Array(difference.changes)
        #expect(changes.map(\.path.description) == ["/0", "/2/1"])
        #expect(changes.map { $0.oldPath?.description } == ["/0", "/3/1"])
        #expect(changes.map { $0.newPath?.description } == [nil, "/2/1"])
    }

    @Test("no more changes are looked for than were asked for, and it is said")
    func maximum() throws {
        let difference = try compare(Array("[1,2,3]".utf8), Array("[4,5,6]".utf8), maximum: 2)
        #expect(difference.changes.count == 2 && difference.isCutOff)
        #expect(try !compare(Array("[1,2,3]".utf8), Array("[4,5,6]".utf8)).isCutOff)
    }

    @Test("order and repetition count as the options say")
    func arrays() throws {
        #expect(try changes("[1,2,2]", "[2,1,2]").count == 1)
        #expect(try changes("[1,2,2]", "[2,1,2]") { $0.arrays = .multiset } == [])
        #expect(try changes("[1,2,2]", "[2,1]") { $0.arrays = .multiset } == ["remove '/2': 2 → -"])
        #expect(try changes("[1,2,2]", "[2,1]") { $0.arrays = .set } == [])
        #expect(try changes("[1,[2,3]]", "[[3,3,2],1]") { $0.arrays = .set } == [])
    }

    @Test("elements that are known by a member are compared wherever they stand")
    func keyed() throws {
        let old = #"{"a":[{"id":1,"x":1},{"id":2,"x":2}],"b":[1,2]}"#
        let new = #"{"a":[{"id":2,"x":3},{"id":1,"x":1}],"b":[2,1]}"#
        #expect(
            try changes(old, new) { $0.keys = [JSONOptions.Key("id", at: JSONPattern("/a"))] }
                == ["replace '/a/1/x': 2 → 3", "move '/b/0' from '/b/1': 2 → 2"])
    }

    @Test("where the first of equal keys counts, it is the one that elements are known by", arguments: [true, false])
    func keyedFirst(takesFirst: Bool) throws {
        let old = #"[{"id":1,"id":2,"x":1}]"#
        let new = #"[{"id":\#(takesFirst ? 1 : 2),"x":2},{"id":\#(takesFirst ? 2 : 1),"x":1}]"#
        let found = try changes(old, new) {
            $0.keys = [JSONOptions.Key("id")]
            $0.duplicates = takesFirst ? .first : .last
        }
        #expect(found.first == "replace '/0/x': 1 → 2", "\(found)")
    }

    @Test("what a pattern matches is passed over")
    func ignored() throws {
        let patterns: [(String, String, String, Bool)] = [
            ("/a", #"{"a":1,"b":1}"#, #"{"a":2,"b":1}"#, true),
            ("/a", #"{"a":1,"b":1}"#, #"{"b":1}"#, true),
            ("/a", #"{"c":{"a":1}}"#, #"{"c":{"a":2}}"#, false),
            ("/*/a", #"{"c":{"a":1}}"#, #"{"c":{"a":2}}"#, true),
            ("/**/a", #"{"c":[{"d":{"a":1}}]}"#, #"{"c":[{"d":{"a":[2]}}]}"#, true),
            ("/**", "[1]", "[2]", true),
            ("", "1", "[2]", true),
            ("/~2", #"{"*":1}"#, #"{"*":2}"#, true),
            ("/~2", #"{"a":1}"#, #"{"a":2}"#, false),
            ("/a~1b/m~0n", #"{"a/b":{"m~n":1}}"#, #"{"a\/b":{"m~n":2}}"#, true),
            ("/\u{301}", "{\"\u{301}\":1}", "{\"\u{301}\":2}", true),
            ("/a/\u{301}", "{\"a\":{\"\u{301}\":1}}", "{\"a\":{\"\u{301}\":2}}", true),
            ("/1", "[1,2]", "[1,3]", true),
            ("/0", "[1,2]", "[1,3]", false),
        ]
        for (text, old, new, isEqual) in patterns {
            let pattern = try #require(JSONPattern(text), "\(text)")
            #expect(try changes(old, new) { $0.ignored = [pattern] }.isEmpty == isEqual, "\(text) of \(old) and \(new)")
        }
    }

    @Test("pointers are read by code points, as JSON has them")
    func pointers() {
        #expect(JSONPointer("/a/\u{301}b")?.tokens.map { Array($0.unicodeScalars) } == [["a"], ["\u{301}", "b"]])
        #expect(
            JSONPointer("")?.tokens == [] && JSONPointer("/")?.tokens == [""] && JSONPointer("/~01")?.tokens == ["~1"])
        #expect(JSONPointer("a") == nil && JSONPointer("/~2") == nil && JSONPointer("/~") == nil)
        #expect(JSONPointer("/\u{e9}") != JSONPointer("/e\u{301}"))
    }

    @Test("more segments than can be followed are refused")
    func tooManyPatterns() {
        var options = JSONOptions()
        options.ignored = (0..<32).compactMap { JSONPattern("/\($0)") }
        #expect(throws: Never.self) { try JSONDocument(Array("1".utf8), options: options) }
        options.ignored.append(JSONPattern("").unsafelyUnwrapped)
        #expect(throws: JSONOptionsError.tooManyPatterns) { try JSONDocument(Array("1".utf8), options: options) }
    }
}

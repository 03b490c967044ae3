import JSONDiff
import Testing

/// Against examples of the format's public description, the README of josephburnett/jd.
@Suite("jd's format")
struct RenderingJDTests {
    private func jd(_ old: String, _ new: String, _ arrays: JSONOptions.Arrays = .list) throws -> String {
        var options = JSONOptions()
        options.arrays = arrays
        return try Samples.text(JDRenderer(), Samples.difference(old, new, options))
    }

    @Test("a member that is replaced, an element that is added")
    func examples() throws {
        #expect(try jd(#"{"foo":"bar"}"#, #"{"foo":"baz"}"#) == "@ [\"foo\"]\n- \"bar\"\n+ \"baz\"\n")
        #expect(try jd(#"["foo"]"#, #"["foo","bar"]"#) == "@ [1]\n+ \"bar\"\n")
        #expect(try jd("[1,2]", #"[1,2,{"foo": "bar"}]"#) == "@ [2]\n+ {\"foo\":\"bar\"}\n")
        #expect(try jd("1", "2") == "@ []\n- 1\n+ 2\n")
    }

    @Test("films: a title, a part, a film that is added")
    func films() throws {
        let films = (0..<101).map { #"{"Title":"Film \#($0)","Actors":{"Dr. Strangelove":"Peter Sellers \#($0)"}}"# }
        var others = films
        others[67] = #"{"Title":"Film 67","Actors":{"Dr. Strangelove":"Mike Myers"}}"#
        others.append(#"{"Title":"Austin Powers"}"#)
        func document(_ films: [String]) -> String { "{\"Movies\":[" + films.joined(separator: ",") + "]}" }
        #expect(
            try jd(document(films), document(others)) == """
                @ ["Movies",67,"Actors","Dr. Strangelove"]
                - "Peter Sellers 67"
                + "Mike Myers"
                @ ["Movies",101]
                + {"Title":"Austin Powers"}

                """)
    }

    @Test("a set has no indices, and what goes and comes stands in one section")
    func sets() throws {
        let text = try jd(#"{"Tags":["Romance","War"]}"#, #"{"Tags":["War","Action","Comedy"]}"#, .set)
        #expect(text == "@ [\"Tags\",{}]\n- \"Romance\"\n+ \"Action\"\n+ \"Comedy\"\n")
    }

    @Test("what is moved is removed and added")
    func moves() throws {
        let long = #"{"name":"a record that moves"}"#
        #expect(try jd("[1,2,3,\(long)]", "[\(long),1,2,3]") == "@ [3]\n- \(long)\n@ [0]\n+ \(long)\n")
    }
}

import Testing

@testable import TraceReport

@Suite("Scripts without what only people need")
struct SqueezedScriptTests {
    @Test(
        "keep their meaning",
        arguments: [
            ("const a = 1;\n// why\nconst b = a + 2;", "let a=1;let b=a+2;"),
            ("return x ;", "return x;"),
            ("f(\"a  = 'b\", ' // ', `x  y`)", "f(\"a  = 'b\",' // ',`x  y`)"),
            ("(count) => { count; }", "A=>{A}"),
            ("x.count + count + [...count]", "x.count+A+[...A]"),
            ("`count ${count + other[\"count\"]} count` + count", "`count ${A + other[\"count\"]} count`+A"),
            ("`${(() => { count })()} }` + count", "`${(() => { A })()} }`+A"),
            ("counter; recount; count1; $count", "counter;recount;count1;$count"),
            ("a\nb", "a\nb"),
            ("if (a)\n  b();\nelse c();", "if(a)\nb();else c();"),
            ("x\n  .y", "x.y"),
        ])
    func meaning(source: String, expected: String) {
        #expect(SqueezedScript(names: ["count"]).text(of: [source]) == expected)
    }

    @Test("names after the 26th have two letters")
    func manyNames() {
        let names = (0..<30).map { "name\($0)x" }
        let text = SqueezedScript(names: names).text(of: names)
        #expect(text.hasPrefix("A\nB\n"))
        #expect(text.hasSuffix("Z\nAA\nAB\nAC\nAD"))
    }

    @Test("the page's short names are nobody else's")
    func shortNames() {
        let source = PageScript.text
        // Each short name is declared somewhere, and was a long one: the sources have no name of capitals.
        #expect(!source.contains("let canvas") && !source.contains("const ") && source.contains("A=$("))
        #expect(PageScript.longNames.count <= 26 + 26 * 26)
        #expect(Set(PageScript.longNames).count == PageScript.longNames.count)
    }
}

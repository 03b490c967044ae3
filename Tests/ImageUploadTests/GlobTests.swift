import Testing

@testable import ImageUpload

@Suite("Patterns")
struct GlobTests {
    @Test(
        "a pattern matches paths as shells have it",
        arguments: [
            ("*.jpg", ["a.jpg", "x/y/a.jpg", ".jpg"], ["a.jpeg", "a.jpg/b"]),
            ("a?c", ["abc", "x/abc"], ["ac", "a/c", "abbc"]),
            ("x/*.jpg", ["x/a.jpg"], ["a.jpg", "x/y/a.jpg", "y/x/a.jpg"]),
            ("/a.jpg", ["a.jpg"], ["x/a.jpg"]),
            ("**/a.jpg", ["a.jpg", "x/a.jpg", "x/y/a.jpg"], ["xa.jpg", "x/ba.jpg"]),
            ("x/**", ["x/a", "x/y/z"], ["x", "y/x/a"]),
            ("x/**/z", ["x/z", "x/y/z", "x/y/y/z"], ["xz", "x/yz"]),
            ("[a-c]x[!0-9]", ["axb", "y/cx_"], ["dxb", "ax1"]),
            ("[]x]", ["]", "x"], ["y"]), ("\\*", ["*"], ["a"]), ("**", ["a", "b"], []),
        ])
    func matches(_ pattern: String, _ yes: [String], _ no: [String]) throws {
        let glob = try Glob(pattern)
        for path in yes { #expect(glob.matches(Array(path.utf8)[...]), "\(path)") }
        for path in no { #expect(!glob.matches(Array(path.utf8)[...]), "\(path)") }
    }

    @Test("a pattern with many stars takes no longer for it")
    func manyStars() throws {
        let glob = try Glob(String(repeating: "*a", count: 100) + "b")
        #expect(!glob.matches(Array(repeating: UInt8(ascii: "a"), count: 4000)[...]))
    }

    @Test(
        "what is no pattern is refused, with the mend",
        arguments: [
            ("", "'': an empty pattern matches nothing; leave it out"),
            ("[a", "'[a': a [ without its ]; write \\[ for the character"),
            ("a\\", "'a\\\\': a \\ at the end; write \\\\"),
        ])
    func refused(_ pattern: String, _ message: String) {
        #expect(throws: Glob.Invalid(description: message)) { try Glob(pattern) }
    }
}

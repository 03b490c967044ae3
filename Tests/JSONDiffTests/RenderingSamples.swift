import JSONDiff

/// Documents that the tests of the formats share.
enum Samples {
    static let oldPackage = """
        {
          "name": "storefront",
          "version": "1.4.0",
          "description": "The shop's front end: pages, basket, checkout and the account area, rendered on the server.",
          "scripts": {"build": "vite build", "test": "vitest run --coverage", "lint": "eslint ."},
          "dependencies": {"left-pad": "^1.3.0", "react": "^18.2.0", "zod": "^3.22.0"},
          "engines": {"node": ">=18"},
          "files": ["dist", "README.md", "LICENSE"],
          "flags": {"a/b": 1.0, "": true, "new checkout": false, "limits": {"items": 100, "price": 1e3}}
        }
        """

    static let newPackage = """
        {
          "name": "storefront",
          "version": "1.5.0",
          "description": "The shop's front end: pages, basket, one-step checkout and the account area, rendered on the server.",
          "scripts": {
            "build": "vite build", "check": "eslint .",
            "test": "vitest run --coverage --reporter=dot --reporter=junit --outputFile=reports/junit.xml --pool=forks"
          },
          "dependencies": {"react": "^19.0.0", "zod": "^3.22.0", "@tanstack/react-query": "^5.28.4"},
          "engines": {"npm": ">=10", "node": ">=20"},
          "files": ["dist", "types", "README.md", "LICENSE"],
          "flags": {"a/b": 1, "": false, "new checkout": true, "limits": [100, 1000]}
        }
        """

    /// Records of which one is changed, one added and one moved.
    static let oldRecords =
        "[\n" + [ada, grace("grace@example.org", "New York"), alan, barbara].joined(separator: ",\n") + "]\n"
    static let newRecords =
        "[\n" + [barbara, ada, margaret, grace("grace@navy.example", "Arlington"), alan].joined(separator: ",\n")
        + "]\n"

    private static let ada = record(1, "Ada Lovelace", "ada@example.org", "London")
    private static let alan = record(3, "Alan Turing", "alan@example.org", "Wilmslow")
    private static let barbara = record(5, "Barbara Liskov", "barbara@example.org", "Boston")
    private static let margaret = record(9, "Margaret Hamilton", "margaret@example.org", "Cambridge")
    private static func grace(_ email: String, _ city: String) -> String { record(2, "Grace Hopper", email, city) }

    private static func record(_ id: Int, _ name: String, _ email: String, _ city: String) -> String {
        #"{"id": \#(id), "name": "\#(name)", "email": "\#(email)", "roles": ["author"], "address": {"city": "\#(city)"}}"#
    }

    /// What a terminal, a browser or a reader must not obey.
    static let hostile =
        "a\u{1b}]0;title\u{7}\u{202e}\u{2028}\u{9b}31m\"\\</script><img src=x onerror=alert(1)>\u{0}é日本"

    static func difference(_ old: String, _ new: String, _ options: JSONOptions = JSONOptions()) throws
        -> JSONDifference
    {
        try compare(Array(old.utf8), Array(new.utf8), options: options)
    }

    static func text(_ renderer: some JSONDifferenceRenderer, _ difference: JSONDifference) throws -> String {
        String(decoding: try renderer.bytes(of: difference), as: UTF8.self)
    }

    static func isEqual(_ old: [UInt8], _ new: [UInt8]) throws -> Bool { try compare(old, new).isEmpty }
}

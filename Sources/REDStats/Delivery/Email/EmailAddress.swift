/// A mail address that needs no quoting: letters, digits and marks in ASCII, `@`, and a domain's name.
package struct EmailAddress: Sendable, Equatable {
    package let text: String

    /// Reads an address of at most 254 bytes (RFC 5321, sections 4.1.2 and 4.5.3.1); nil for anything else, quoted ones
    /// and such in other scripts among it.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, (1...64).contains(parts[0].count) else { return nil }
        let dot = UInt8(ascii: ".")
        let isWord = { (part: Substring.UTF8View, marks: String) in
            part.split(separator: dot, omittingEmptySubsequences: false).allSatisfy { label in
                (1...64).contains(label.count)
                    && label.allSatisfy { Self.isLetterOrDigit($0) || marks.utf8.contains($0) }
            }
        }
        guard isWord(parts[0], "!#$%&'*+-/=?^_`{|}~"), isWord(parts[1], "-"),
            parts[1].contains(dot) || parts[1].elementsEqual("localhost".utf8)
        else { return nil }
        // A name that begins so would be an option to some mail programs.
        guard parts[0].first != UInt8(ascii: "-"),
            parts[1].split(separator: dot).allSatisfy({ $0.first != UInt8(ascii: "-") && $0.last != UInt8(ascii: "-") })
        else { return nil }
        self.text = text
    }

    /// What is behind the `@`.
    var domain: Substring { text[text.index(after: text.lastIndex(of: "@") ?? text.startIndex)...] }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte | 0x20)
    }
}

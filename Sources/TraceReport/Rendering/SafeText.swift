/// Text out of a log, made safe to show.
///
/// A log holds what strangers sent to the server, and a terminal obeys escape sequences (CWE-150). So nothing is shown
/// but printable characters: controls (C0, DEL, C1), format characters (which include bidirectional overrides and zero
/// width ones), line and paragraph separators, private and unassigned code points are written as `\u{…}`.
package enum SafeText {
    /// Returns `text` with everything escaped that is not printable.
    package static func escaped(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) { return text }
        var safe = ""
        for scalar in text.unicodeScalars {
            if scalar == "\\" {
                safe += "\\\\"
            } else if isPrintable(scalar) {
                safe.unicodeScalars.append(scalar)
            } else {
                safe += "\\u{" + String(scalar.value, radix: 16) + "}"
            }
        }
        return safe
    }

    /// Returns bytes as text; those that are no UTF-8 are written as `\xNN`.
    package static func escaped(bytes: some Sequence<UInt8>) -> String {
        var safe = ""
        var rest = Array(bytes)[...]
        while let first = rest.first {
            // One valid character takes one to four bytes.
            let character = (1...min(4, rest.count)).lazy
                .compactMap { String(validating: rest.prefix($0), as: UTF8.self) }.first
            if let character {
                safe += escaped(character)
                rest = rest.dropFirst(character.utf8.count)
            } else {
                safe += "\\x" + (first < 16 ? "0" : "") + String(first, radix: 16)
                rest = rest.dropFirst()
            }
        }
        return safe
    }

    /// Whether a scalar is shown as it is.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    /// Returns how many terminal columns `text` takes: two for East Asian wide characters and emoji, none for
    /// combining marks (Unicode Standard Annex 11, its blocks rather than its table).
    static func columns(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
    }

    private static func columns(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
            0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
            return 2
        default: return 1
        }
    }

    /// Returns `text` cut in its middle to at most `width` columns: beginning and end tell names apart.
    static func middleTruncated(_ text: String, to width: Int) -> String {
        guard columns(of: text) > width else { return text }
        guard width > 1 else { return width == 1 ? "…" : "" }
        let endColumns = (width - 1) / 2
        let start = prefix(of: text.unicodeScalars, columns: width - 1 - endColumns)
        let end = prefix(of: text.unicodeScalars.reversed(), columns: endColumns)
        return String(String.UnicodeScalarView(start)) + "…" + String(String.UnicodeScalarView(end.reversed()))
    }

    private static func prefix(of scalars: some Sequence<Unicode.Scalar>, columns limit: Int) -> [Unicode.Scalar] {
        var left = limit
        var taken: [Unicode.Scalar] = []
        for scalar in scalars {
            left -= columns(of: scalar)
            guard left >= 0 else { break }
            taken.append(scalar)
        }
        return taken
    }
}

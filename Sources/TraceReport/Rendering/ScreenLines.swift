/// Text cut to the window of a terminal.
package enum ScreenLines {
    /// Returns the first lines of a text, none wider than the window, and how many lines there is no room for.
    ///
    /// - Parameter text: A report, which holds no escape sequences but those of colours.
    package static func fitting(_ text: String, rows: Int, columns: Int) -> (lines: [String], left: Int) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        let shown = lines.prefix(max(0, rows))
        return (shown.map { cut($0, columns: columns) }, lines.count - shown.count)
    }

    /// Returns as much of a line as there are columns; colours take none.
    package static func cut(_ line: some StringProtocol, columns: Int) -> String {
        var (kept, used) = (String.UnicodeScalarView(), 0)
        var (isInSequence, hasColor) = (false, false)
        for scalar in line.unicodeScalars {
            if isInSequence {
                // ECMA-48: a control sequence ends in one of @ to ~, behind its introducer.
                isInSequence = scalar == "[" || !("@"..."~").contains(scalar)
            } else if scalar == "\u{1b}" {
                (isInSequence, hasColor) = (true, true)
            } else {
                used += SafeText.columns(of: String(scalar))
                if used > columns { break }
            }
            kept.append(scalar)
        }
        return String(kept) + (used > columns && hasColor ? "\u{1b}[0m" : "")
    }
}

/// How text is set: in so many columns, with or without colour.
public struct TextLayout: Sendable, Equatable {
    /// The width in terminal columns.
    public let width: Int
    /// Whether emphasis is shown with ANSI colours. Off, text holds no escape sequence.
    public let usesColor: Bool

    /// Makes a layout; at least 60 columns are used.
    public init(width: Int = 100, usesColor: Bool = false) {
        self.width = max(60, width)
        self.usesColor = usesColor
    }

    var style: TextStyle { TextStyle(usesColor: usesColor) }

    /// Returns items set one after the other, two spaces between, in lines of at most `width` columns.
    static func flow(_ items: [String], width: Int, separator: String = "  ") -> [String] {
        var lines: [String] = []
        for item in items {
            let item = SafeText.middleTruncated(item, to: width)
            if let last = lines.last,
                SafeText.columns(of: last) + separator.count + SafeText.columns(of: item) <= width
            {
                lines[lines.count - 1] = last + separator + item
            } else {
                lines.append(item)
            }
        }
        return lines
    }

    /// Returns `text` behind spaces, in so many columns.
    static func rightAligned(_ text: String, in columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - SafeText.columns(of: text))) + text
    }

    /// Returns `text` before spaces, in so many columns.
    static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - SafeText.columns(of: text)))
    }

    /// Returns a name out of a log in at most so many columns.
    static func name(_ name: String, columns: Int) -> String {
        SafeText.middleTruncated(SafeText.escaped(name), to: columns)
    }

    /// A bar in eighths of a column; a share of 1 fills the columns.
    static func bar(share: Double, columns: Int) -> String {
        guard share.isFinite else { return "" }
        let eighths = Int((min(1, max(0, share)) * Double(columns * 8)).rounded())
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    }

    /// A character for each value, as high as its part of the largest; a space where there is none.
    static func sparkline(_ values: [UInt64?]) -> String {
        let heights = Array("▁▂▃▄▅▆▇█")
        let largest = Double(values.reduce(0) { max($0, $1 ?? 0) })
        return String(
            values.map { value in
                guard let value else { return " " }
                guard largest > 0 else { return heights[0] }
                return heights[min(7, Int(Double(value) / largest * 8))]
            })
    }
}

extension String {
    func trimmingTrailingSpaces() -> String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// What a `Range` header asks for of content of a length (RFC 9110, section 14).
enum ByteRange: Equatable {
    /// All of it: there is no header, or one that is not followed (several ranges, another unit, wrong syntax).
    case whole
    /// These bytes.
    case part(Range<Int>)
    /// Nothing that is there.
    case unsatisfiable

    /// - Parameters:
    ///   - header: The header's value.
    ///   - count: The content's length in bytes.
    init(_ header: String?, of count: Int) {
        self = header.flatMap { Self.parse($0, count) } ?? .whole
    }

    private static func parse(_ header: String, _ count: Int) -> ByteRange? {
        let parts = header.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bytes" else { return nil }
        let ends = parts[1].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return nil }
        if ends[0].isEmpty {
            guard let length = number(ends[1]) else { return nil }
            return length == 0 || count == 0 ? .unsatisfiable : .part(max(0, count - length)..<count)
        }
        guard let first = number(ends[0]) else { return nil }
        let last = ends[1].isEmpty ? Int.max : number(ends[1])
        guard let last, last >= first else { return nil }
        return first < count ? .part(first..<min(last, count - 1) + 1) : .unsatisfiable
    }

    /// A decimal number; one that no Int holds is beyond any content, too.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text) ?? Int.max
    }
}

/// A text with insertions at places of its UTF-8.
public struct SourceEdits {
    private var insertions: [(offset: Int, text: String)] = []

    /// Has no insertions.
    public init() {}

    /// Puts a text before the byte at an offset; what is put at one place stands in the order of the calls.
    public mutating func insert(_ text: String, at offset: Int) {
        guard !text.isEmpty else { return }
        insertions.append((offset, text))
    }

    /// Whether there are none.
    public var isEmpty: Bool { insertions.isEmpty }

    /// The text with all that was put in; each as `mark` makes it.
    public func applied(to source: [UInt8], mark: (String) -> String = { $0 }) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(source.count + insertions.reduce(0) { $0 + $1.text.utf8.count })
        var next = 0
        // Sorted by place; of one place in the order put in.
        let ordered = insertions.enumerated().sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
        for (_, insertion) in ordered {
            result += source[next..<insertion.offset]
            result += mark(insertion.text).utf8
            next = insertion.offset
        }
        return result + source[next...]
    }
}

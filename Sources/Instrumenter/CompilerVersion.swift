/// A compiler's version, as `#if compiler(>=6.3)` compares it.
public struct CompilerVersion: Comparable, Sendable {
    /// Without zeros at the end: 6.3 and 6.3.0 are one version.
    private let components: [Int]

    /// Reads numbers with dots between them: `6.3.1`. nil: it is something else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        var components = parts.compactMap { $0 }
        guard components.count == parts.count, components.allSatisfy({ $0 >= 0 }) else { return nil }
        while components.last == 0 { components.removeLast() }
        self.components = components
    }

    /// Whether one is older than the other.
    public static func < (older: Self, newer: Self) -> Bool {
        older.components.lexicographicallyPrecedes(newer.components)
    }
}

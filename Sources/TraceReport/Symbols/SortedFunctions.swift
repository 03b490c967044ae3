import TraceLog

/// A module's functions by address.
package struct SortedFunctions: Sendable {
    private let functions: [SymbolRecord]

    /// Functions overlap where one has several entries, rarely by more than this.
    private static let maximumOverlap = 8

    package init(_ functions: [SymbolRecord]) {
        self.functions = functions.sorted { $0.start < $1.start }
    }

    /// The function at an address: the last that begins at or before it and reaches so far.
    package func function(at address: UInt64) -> SymbolRecord? {
        var low = 0
        var high = functions.count
        while low < high {
            let middle = (low + high) / 2
            if functions[middle].start <= address { low = middle + 1 } else { high = middle }
        }
        return functions[max(0, low - Self.maximumOverlap)..<low].last { function in
            function.size == 0 || address - function.start < function.size
        }
    }
}

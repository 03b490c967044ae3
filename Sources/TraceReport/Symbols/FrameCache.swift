import Synchronization
import TraceLog

/// What was worked out of a symbol model: a report asks for the same places many times.
final class FrameCache: Sendable {
    private struct State {
        var frames: [CodeLocation: [SymbolFrame]] = [:]
        var functions: [UInt16: SortedFunctions] = [:]
        var names = NameCache()
    }

    private let state = Mutex(State())

    /// Places kept; what comes beyond is worked out each time.
    private static let maximumPlaces = 200_000

    var isUsed: Bool { state.withLock { !$0.frames.isEmpty || !$0.functions.isEmpty } }

    func frames(of place: CodeLocation, _ find: () -> [SymbolFrame]) -> [SymbolFrame] {
        if let known = state.withLock({ $0.frames[place] }) { return known }
        let found = find()
        state.withLock { if $0.frames.count < Self.maximumPlaces { $0.frames[place] = found } }
        return found
    }

    func shown(_ linkerName: String) -> String { state.withLock { $0.names.shown(linkerName) } }

    func sorted(_ module: UInt16, of functions: [UInt64: SymbolRecord]?) -> SortedFunctions {
        guard let functions else { return SortedFunctions([]) }
        if let known = state.withLock({ $0.functions[module] }) { return known }
        let sorted = SortedFunctions(Array(functions.values))
        state.withLock { $0.functions[module] = sorted }
        return sorted
    }
}

/// A module's functions by address.
struct SortedFunctions: Sendable {
    private let functions: [SymbolRecord]

    /// Functions overlap where one has several entries, rarely by more than this.
    private static let maximumOverlap = 8

    init(_ functions: [SymbolRecord]) {
        self.functions = functions.sorted { $0.start < $1.start }
    }

    /// The function at an address: the last that begins at or before it and reaches so far.
    func function(at address: UInt64) -> SymbolRecord? {
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

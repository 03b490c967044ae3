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

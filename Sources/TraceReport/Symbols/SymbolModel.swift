import TraceLog

/// The modules and functions of one session, and the names of places in them.
public struct SymbolModel: Sendable {
    private(set) var modules: [UInt16: ModuleRecord] = [:]
    private var functions: [UInt16: [UInt64: SymbolRecord]] = [:]
    private let source: (any SymbolSource)?
    private var cache = FrameCache()

    /// Makes a model that knows nothing yet.
    ///
    /// - Parameter source: asked before what the log says.
    init(source: (any SymbolSource)? = nil) {
        self.source = source
    }

    /// Takes a record in; false where a bound was reached, or the number is no module's.
    mutating func take(_ module: ModuleRecord, budget: inout ModelBudget) -> Bool {
        guard let id = UInt16(exactly: module.id), id > 0 else { return false }
        guard modules[id] != nil || budget.takeModule() else { return false }
        modules[id] = module
        forgetFrames()
        return true
    }

    /// Takes a record in; false where a bound was reached, or the number is no module's.
    mutating func take(_ symbol: SymbolRecord, budget: inout ModelBudget) -> Bool {
        guard let id = UInt16(exactly: symbol.module), id > 0 else { return false }
        guard functions[id]?[symbol.start] != nil || budget.takeSymbol() else { return false }
        functions[id, default: [:]][symbol.start] = symbol
        forgetFrames()
        return true
    }

    /// Takes what another part of the log says. Returns how much there was no room for.
    mutating func merge(_ other: SymbolModel, budget: inout ModelBudget) -> UInt64 {
        var leftOut: UInt64 = 0
        for module in other.modules.values where !take(module, budget: &budget) { leftOut += 1 }
        for symbol in other.functions.values.flatMap(\.values) where !take(symbol, budget: &budget) { leftOut += 1 }
        return leftOut
    }

    /// Copies of the model share what was worked out until one of them learns more.
    private mutating func forgetFrames() {
        if cache.isUsed { cache = FrameCache() }
    }

    /// Returns the functions at a location, innermost first: those that the compiler inlined there, and last the one that
    /// holds the code. Never empty.
    ///
    /// Cost: the first time a search and a demangled name, and what the source of debug information takes; then a look-up.
    ///
    /// - Parameters:
    ///   - location: A place in code, of this session.
    ///   - isReturnAddress: true for all `frames` of a stack but the first; false for the first and for `callers`. See
    ///     `SampleRecord.Stack`.
    public func frames(at location: CodeLocation, isReturnAddress: Bool) -> [SymbolFrame] {
        let place = isReturnAddress ? location.ofCall : location
        return cache.frames(of: place) { frames(at: place) }
    }

    private func frames(at place: CodeLocation) -> [SymbolFrame] {
        let module = moduleName(place)
        let known = place.module == 0 ? nil : modules[place.module]
        let unnamed = place == .unknown ? module : "\(module)+0x\(String(place.address, radix: 16))"
        let symbol = cache.sorted(place.module, of: functions[place.module]).function(at: place.address)
        var found = known.flatMap { source?.functions(in: $0, at: place.address) } ?? []
        if found.isEmpty { found = [SourceFunction(name: nil)] }
        if found[found.count - 1].name == nil { found[found.count - 1].name = symbol?.name }
        return found.map { function in
            SymbolFrame(
                function: function.name.map { cache.shown($0) } ?? unnamed, linkerName: function.name,
                file: function.file, line: function.line, isInlined: function.isInlined, module: module)
        }
    }

    private func moduleName(_ place: CodeLocation) -> String {
        if place == .unknown { return "[unknown]" }
        // Made while the program runs, as by a compiler of regular expressions.
        if place.module == 0 { return "[generated]" }
        guard let module = modules[place.module] else { return "[module \(place.module)]" }
        if module.path.isEmpty { return "[vdso]" }
        return module.path.split(separator: "/").last.map(String.init) ?? module.path
    }
}

extension SymbolModel: CarriedByMembers {
    static var blank: SymbolModel { SymbolModel() }

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&modules)
        try carrier(&functions)
    }
}

import TraceLog

/// What may still be kept, see ``Limits``.
struct ModelBudget {
    private var paths: Int
    private var callsites: Int
    private var errorTypes: Int
    private var waits: Int
    private var stacks: Int
    private var stackAddresses: Int
    private var modules: Int
    private var symbols: Int
    var buckets: Int
    var details: DetailBudget

    init(_ limits: Limits) {
        paths = limits.paths
        callsites = limits.callsites
        errorTypes = limits.errorTypes
        waits = limits.waits
        stacks = limits.stacks
        stackAddresses = limits.stackAddresses
        modules = limits.modules
        symbols = limits.symbols
        buckets = limits.buckets
        details = DetailBudget(limits)
    }

    mutating func takePath() -> Bool { Self.take(&paths) }
    mutating func takeCallsite() -> Bool { Self.take(&callsites) }
    mutating func takeErrorType() -> Bool { Self.take(&errorTypes) }

    mutating func takeWait() -> Bool { Self.take(&waits) }
    mutating func takeModule() -> Bool { Self.take(&modules) }
    mutating func takeSymbol() -> Bool { Self.take(&symbols) }

    /// Takes room for a stack; false where there is none for it or for its addresses.
    mutating func takeStack(addresses: Int) -> Bool {
        guard addresses <= stackAddresses, Self.take(&stacks) else { return false }
        stackAddresses -= addresses
        return true
    }

    private static func take(_ left: inout Int) -> Bool {
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}

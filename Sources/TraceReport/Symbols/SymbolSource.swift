import TraceLog

/// What knows more of a module's code than the log does: its file, with debug information.
public protocol SymbolSource: Sendable {
    /// Returns the functions at an address in a module's file, innermost first: those that were inlined there, and last the
    /// one that holds the code. Empty: it knows nothing of that place.
    func functions(in module: ModuleRecord, at address: UInt64) -> [SourceFunction]
}

/// A function as debug information or a symbol table names it.
public struct SourceFunction: Sendable, Hashable {
    /// The name as the linker has it, or else as the source has it; nil: only the line is known.
    public var name: String?
    /// The source file.
    public var file: String?
    /// The line in the source file, from 1.
    public var line: Int?
    /// Whether the compiler put its code into the next function.
    public var isInlined: Bool

    /// Makes a function.
    public init(name: String?, file: String? = nil, line: Int? = nil, isInlined: Bool = false) {
        self.name = name
        self.file = file
        self.line = line
        self.isInlined = isInlined
    }
}

/// A function at a place in the code, as a reader of a report wants it.
public struct SymbolFrame: Sendable, Hashable {
    /// The function's name, demangled, at most ``FunctionName/maximumCharacters`` long; where none is known, the module
    /// and the address in its file: `libfoo.so+0x1234`. It comes out of a log or a file and may hold any character.
    public var function: String
    /// The name as the linker has it; nil: none is known.
    public var linkerName: String?
    /// The source file, where line information was found.
    public var file: String?
    /// The line in the source file, from 1.
    public var line: Int?
    /// Whether the compiler put the function's code into its caller, which is the next frame.
    public var isInlined: Bool
    /// The file name of the object that holds the code, without its folder.
    public var module: String

    /// Makes a frame.
    public init(
        function: String, linkerName: String? = nil, file: String? = nil, line: Int? = nil, isInlined: Bool = false,
        module: String
    ) {
        self.function = function
        self.linkerName = linkerName
        self.file = file
        self.line = line
        self.isInlined = isInlined
        self.module = module
    }
}

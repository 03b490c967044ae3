/// A frame of the tree of samples: a span, a function, or what is known about a sample beside these.
public struct SampleFrame: Sendable, Hashable {
    /// What a frame stands for.
    public enum Kind: Sendable, Comparable {
        /// A span that was open.
        case span
        /// A function on the thread's stack.
        case code
        /// An async function of the task that ran on the thread: the one that was running, or one that awaits it.
        case asyncCode
        /// What the thread waited for; always innermost.
        case wait
        /// That something is missing: outermost frames, or all of them.
        case mark
    }

    /// What it stands for.
    public var kind: Kind
    /// The span's name, the function's demangled name, or what the thread waited for: `lock`, `poll`.
    public var name: String
    /// The library or program that holds the function; empty for what is none.
    public var module = ""
    /// The function that opens the span; empty for what is none.
    public var function = ""
    /// The source file; empty where it is not known.
    public var file = ""
    /// The line that opens the span, 0 for what is none.
    public var line: UInt64 = 0
    /// Whether the compiler put the function into the one above.
    public var isInlined = false

    /// Where frames are missing: the stack or the path was longer than what was kept of it.
    static let cut = SampleFrame(kind: .mark, name: "cut")
    /// A sample in no span of which no stack was taken.
    static let noStack = SampleFrame(kind: .mark, name: "no stack")

    /// Whether it is a function.
    var isCode: Bool { kind == .code || kind == .asyncCode }

    /// The module without what follows a library's name: `libz` for `libz.so.1`.
    var shortModule: Substring { module.firstRange(of: ".so").map { module[..<$0.lowerBound] } ?? module[...] }

    /// Whether it belongs to the C library, in which threads wait on behalf of others.
    var isOfCLibrary: Bool {
        ["libc", "libc-2", "libpthread", "ld-linux-x86-64", "ld-linux-aarch64", "[vdso]"].contains(shortModule)
    }

    /// How graphs show it: `[image.decode]` for a span, `(lock)` for what a thread waited for.
    var label: String {
        switch kind {
        case .span: "[\(name)]"
        case .code, .asyncCode: name
        case .wait, .mark: "(\(name))"
        }
    }

    /// Whether it stands before `other` in a list that does not depend on the order of reading.
    func precedes(_ other: SampleFrame) -> Bool {
        if kind != other.kind { return kind < other.kind }
        if name != other.name { return name < other.name }
        return (module, function, file, line, isInlined ? 1 : 0)
            < (other.module, other.function, other.file, other.line, other.isInlined ? 1 : 0)
    }
}

extension SampleFrame {
    /// A function that the symbols of a session name.
    init(_ symbol: SymbolFrame) {
        self.init(kind: .code, name: symbol.function, module: symbol.module)
        file = symbol.file ?? ""
        isInlined = symbol.isInlined
    }
}

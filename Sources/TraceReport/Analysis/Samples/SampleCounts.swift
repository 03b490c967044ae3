import TraceLog

/// Samples of threads on a processor and of threads that waited.
public struct SampleCounts: Sendable, Equatable {
    /// Samples of threads that were on a processor.
    public var onCPU: UInt64 = 0
    /// Samples of threads that waited for something.
    public var offCPU: UInt64 = 0

    /// Both.
    public var all: UInt64 { saturatingSum(onCPU, offCPU) }

    /// Makes counts.
    public init(onCPU: UInt64 = 0, offCPU: UInt64 = 0) {
        self.onCPU = onCPU
        self.offCPU = offCPU
    }

    mutating func add(_ other: SampleCounts) {
        onCPU = saturatingSum(onCPU, other.onCPU)
        offCPU = saturatingSum(offCPU, other.offCPU)
    }
}

/// Which samples a report is made of.
public struct SampleSelection: Sendable, Equatable {
    /// What the sampled threads did.
    public enum Threads: Sendable {
        /// Anything.
        case all
        /// They were on a processor.
        case onCPU
        /// They waited.
        case offCPU
    }

    /// What the sampled threads did.
    public var threads = Threads.all
    /// Samples inside this span or function only; nil: all. A span goes by its name. A function goes by its whole name or
    /// by that without its parameters and what stands before them: `decode` is `Redness.Decoder.decode(_:)` too.
    public var function: String?
    /// Whether the tree holds the open spans above the functions, so that samples of different spans stand apart.
    public var isBySpan = true

    /// Selects all samples.
    public init(threads: Threads = .all, function: String? = nil, isBySpan: Bool = true) {
        self.threads = threads
        self.function = function
        self.isBySpan = isBySpan
    }

    /// Whether samples below this frame are inside ``function``.
    func selects(_ frame: SampleFrame) -> Bool {
        guard let glob = function.map(NameGlob.init) else { return true }
        switch frame.kind {
        case .span: return glob.matches(frame.name)
        case .code, .asyncCode: return glob.matches(frame.name) || glob.matches(String(Self.baseName(frame.name)))
        case .wait, .mark: return false
        }
    }

    /// `Redness.Decoder.decode(_: Data) -> Picture` is `decode`.
    private static func baseName(_ name: String) -> Substring {
        let head = name.prefix { $0 != "(" && $0 != "<" }
        return head.lastIndex { $0 == "." || $0 == ":" || $0 == " " }.map { head[head.index(after: $0)...] } ?? head
    }
}

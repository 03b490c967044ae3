import Hoofprint

/// Writes a difference in one of the formats. Time is linear in what it writes and in the containers that differ.
public protocol JSONDifferenceRenderer: Sendable {
    /// Writes all of it.
    ///
    /// - Throws: What the output throws, and ``JSONMergePatchError`` where the format cannot say a change.
    func render(_ difference: JSONDifference, to output: inout RenderedOutput) throws
}

extension JSONDifferenceRenderer {
    /// Hands what is written to a function, some 64 KiB at a time.
    ///
    /// - Throws: What the function throws, and ``JSONMergePatchError``.
    public func render(
        _ difference: JSONDifference, _ write: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try span("json.render") { _ throws in
            var output = RenderedOutput(write)
            try render(difference, to: &output)
            try output.flush()
        }
    }

    /// All that is written.
    ///
    /// - Throws: ``JSONMergePatchError``.
    public func bytes(of difference: JSONDifference) throws -> [UInt8] {
        var collected: [UInt8] = []
        try render(difference) { collected += $0 }
        return collected
    }
}

/// Where a renderer writes to: a buffer before a function.
public struct RenderedOutput: ~Copyable {
    private var buffer: [UInt8] = []
    private let write: (UnsafeRawBufferPointer) throws -> Void

    private static let size = 64 << 10

    /// An output that hands everything to a function.
    public init(_ write: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.write = write
        buffer.reserveCapacity(Self.size * 2)
    }

    /// Appends text.
    public mutating func append(_ text: String) { buffer += text.utf8 }

    /// Appends bytes.
    public mutating func append(_ bytes: some Collection<UInt8>) { buffer += bytes }

    /// Hands on what is in the buffer if that is much: called between changes.
    public mutating func pass() throws {
        if buffer.count >= Self.size { try flush() }
    }

    /// Hands on what is in the buffer.
    public mutating func flush() throws {
        try buffer.withUnsafeBytes { if !$0.isEmpty { try write($0) } }
        buffer.removeAll(keepingCapacity: true)
    }
}

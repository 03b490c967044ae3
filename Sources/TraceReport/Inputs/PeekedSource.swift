/// A source whose first bytes were looked at: a pipe gives them once only.
struct PeekedSource<Source: ByteSource & ~Copyable>: ByteSource, ~Copyable {
    /// The first bytes, fewer at the end of the source.
    let firstBytes: [UInt8]
    private var source: Source
    private var given = 0

    /// Reads the first bytes, and waits for them.
    init(_ source: consuming Source, count: Int) throws(LogReadError) {
        let first = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { first.deallocate() }
        var held = 0
        while held < count {
            let more = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: first[held...]))
            if more == 0 { break }
            held += more
        }
        firstBytes = Array(first[..<held])
        self.source = source
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogReadError) -> Int {
        guard given < firstBytes.count else { return try source.read(into: buffer) }
        let rest = firstBytes[given...].prefix(buffer.count)
        buffer.copyBytes(from: rest)
        given += rest.count
        return rest.count
    }
}

extension PeekedSource: Sendable where Source: Sendable & ~Copyable {}

/// A source that another thread left; nothing where it was taken before.
struct HandedSource<Source: ByteSource & ~Copyable>: ByteSource, ~Copyable {
    private var source: Source?

    init(_ source: consuming Source?) {
        self.source = source
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogReadError) -> Int {
        try source?.read(into: buffer) ?? 0
    }
}

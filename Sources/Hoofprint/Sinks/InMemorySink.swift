import Synchronization

/// Keeps records in memory, for tests.
public final class InMemorySink: Sink {
    private let bytes = Mutex<[UInt8]>([])

    /// Makes an empty sink.
    public init() {}

    /// Keeps the lines.
    public func write(_ lines: UnsafeRawBufferPointer) -> Int {
        bytes.withLock { $0.append(contentsOf: lines) }
        return lines.count
    }

    /// Everything written so far.
    public var contents: [UInt8] {
        bytes.withLock { $0 }
    }

    /// The lines written so far, without their line feeds.
    public var lines: [String] {
        contents.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
}

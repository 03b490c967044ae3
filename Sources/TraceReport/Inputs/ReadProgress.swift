import Synchronization

/// How far logs have been read: added to by the threads that read, looked at by another.
public final class ReadProgress: Sendable {
    private let done = Atomic<UInt64>(0)

    /// Makes a count at 0.
    public init() {}

    /// Bytes read so far, of packed logs as they are stored. Safe on any thread; one atomic load.
    public var bytes: UInt64 { done.load(ordering: .relaxed) }

    /// Counts bytes that were read.
    func add(_ count: Int) { done.wrappingAdd(UInt64(max(0, count)), ordering: .relaxed) }
}

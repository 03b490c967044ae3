import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Writes records to standard error, among the program's own log lines.
///
/// It keeps a duplicate of the descriptor from when it was made: what the program later opens as descriptor 2 is not
/// written to. Where standard error is closed, or the program closes the duplicate, all records are lost and counted.
public struct StandardErrorSink: Sink {
    private let state: State

    private final class State: Sendable {
        let descriptor = OwnDescriptor(duplicateOf: STDERR_FILENO)
        let writer = Mutex(DescriptorWriter())

        deinit {
            descriptor?.release()
        }
    }

    /// Makes a sink on what is standard error now.
    public init() {
        state = State()
    }

    /// Standard error's.
    public var crashDescriptor: Int32? { state.descriptor?.number }

    /// Gives the reader of a full pipe another 750 ms.
    public func prepare() -> Bool {
        state.writer.withLock { $0.beginFlush() }
        return false
    }

    /// Writes lines; waits at most 750 ms a flush for a pipe that is full.
    public func write(_ lines: UnsafeRawBufferPointer) -> Int {
        guard let descriptor = state.descriptor, descriptor.status() != nil else { return 0 }
        return state.writer.withLock { $0.write(lines, to: descriptor.number) }
    }
}

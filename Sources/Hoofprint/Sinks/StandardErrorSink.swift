import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Writes records to standard error, among the program's own log lines.
///
/// It keeps a duplicate of the descriptor from when it was made: what the program later opens as descriptor 2 is not
/// written to. Where standard error is closed, all records are lost and counted.
public struct StandardErrorSink: Sink {
    private let state: State

    private final class State: Sendable {
        /// Numbers below are the program's to open and close.
        static let lowestDescriptor: Int32 = 10
        let descriptor: Int32
        let writer = Mutex(DescriptorWriter())

        init() {
            descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, Self.lowestDescriptor)
        }

        deinit {
            if descriptor >= 0 { close(descriptor) }
        }
    }

    /// Makes a sink on what is standard error now.
    public init() {
        state = State()
    }

    /// Standard error's.
    public var crashDescriptor: Int32? { state.descriptor >= 0 ? state.descriptor : nil }

    /// Gives the reader of a full pipe another 750 ms.
    public func prepare() -> Bool {
        state.writer.withLock { $0.beginFlush() }
        return false
    }

    /// Writes lines; waits at most 750 ms a flush for a pipe that is full.
    public func write(_ lines: UnsafeRawBufferPointer) -> Int {
        guard state.descriptor >= 0 else { return 0 }
        return state.writer.withLock { $0.write(lines, to: state.descriptor) }
    }
}

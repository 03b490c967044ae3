import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Appends records to a file, with rotation by size; follows rotation from outside.
///
/// Lines are written whole with `O_APPEND`, so several processes may share the file. When a flush finds another file, or none,
/// at the path (logrotate's rename), the path is opened anew; when it finds the file shorter than it was
/// (copytruncate), the tables are written again. A file that cannot be opened is told once on standard error and
/// tried again at every flush; what is not written is counted.
public final class FileSink: Sink {
    let path: String
    private let file: Mutex<LogFile>

    /// Makes a sink; the file is opened at the first flush.
    ///
    /// - Parameters:
    ///   - path: The file. Its folder must exist.
    ///   - maximumBytes: At this size the file becomes `path.1` and a new one begins; 0: never.
    ///   - keptFiles: How many rotated files are kept, 1…1000.
    public init(path: String, maximumBytes: Int = 0, keptFiles: Int = 5) {
        self.path = path
        file = Mutex(LogFile(path: path, maximumBytes: maximumBytes, keptFiles: keptFiles))
    }

    /// Opens, reopens or rotates the file.
    public func prepare() -> Bool {
        file.withLock { $0.prepare() }
    }

    /// The file's.
    public var crashDescriptor: Int32? {
        file.withLock { $0.descriptor }
    }

    /// Appends lines.
    public func write(_ lines: UnsafeRawBufferPointer) -> Int {
        file.withLock { $0.write(lines) }
    }
}

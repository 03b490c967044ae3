#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The file behind a ``FileSink``.
struct LogFile {
    let path: String
    private let maximumBytes: Int
    private let keptFiles: Int
    private(set) var descriptor: Int32 = -1
    private var identity = Identity(device: 0, inode: 0)
    private var bytesSeen = 0
    private var writer = DescriptorWriter()
    private var isFailureTold = false

    private struct Identity: Equatable {
        var device: UInt64
        var inode: UInt64
    }

    init(path: String, maximumBytes: Int, keptFiles: Int) {
        self.path = path
        self.maximumBytes = maximumBytes
        self.keptFiles = max(1, keptFiles)
    }

    /// Makes the descriptor that of the path's file; returns whether that is a log that holds nothing of ours yet.
    mutating func prepare() -> Bool {
        writer.beginFlush()
        guard descriptor >= 0, let open = Self.status(of: descriptor) else { return reopen() }
        guard let named = Self.status(at: path), named.identity == open.identity else { return reopen() }
        if maximumBytes > 0, open.bytes >= maximumBytes {
            rotate()
            return reopen()
        }
        let wasTruncated = open.bytes < bytesSeen
        bytesSeen = open.bytes
        return wasTruncated
    }

    mutating func write(_ lines: UnsafeRawBufferPointer) -> Int {
        guard descriptor >= 0 else { return 0 }
        let taken = writer.write(lines, to: descriptor)
        bytesSeen += taken
        return taken
    }

    /// Opens the path. Without blocking: a named pipe that nobody reads must not stop the flush thread.
    private mutating func reopen() -> Bool {
        if descriptor >= 0 { close(descriptor) }
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o640)
        writer = DescriptorWriter()
        guard descriptor >= 0, let status = Self.status(of: descriptor) else {
            let reason = Diagnostics.reason(errno)
            if !isFailureTold {
                isFailureTold = true
                Diagnostics.say(
                    "cannot open the log '\(path)': \(reason); records are lost until it can be opened, "
                        + "or name another file with HOOFPRINT_SINK=file:PATH")
            }
            return false
        }
        isFailureTold = false
        identity = status.identity
        bytesSeen = status.bytes
        return true
    }

    /// Renames `path` to `path.1`, `path.1` to `path.2`, and so on; the last kept one gives way.
    private mutating func rotate() {
        for number in stride(from: keptFiles - 1, through: 1, by: -1) {
            // A number that is not there yet is no failure.
            if rename("\(path).\(number)", "\(path).\(number + 1)") != 0, errno != ENOENT { tellRotationFailure() }
        }
        if rename(path, "\(path).1") != 0, errno != ENOENT { tellRotationFailure() }
    }

    private mutating func tellRotationFailure() {
        guard !isFailureTold else { return }
        isFailureTold = true
        Diagnostics.say(
            "cannot rotate the log '\(path)': \(Diagnostics.reason(errno)); it keeps growing until its folder can be "
                + "written to")
    }

    private static func status(of descriptor: Int32) -> (identity: Identity, bytes: Int)? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        return describe(status)
    }

    private static func status(at path: String) -> (identity: Identity, bytes: Int)? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return describe(status)
    }

    private static func describe(_ status: stat) -> (identity: Identity, bytes: Int) {
        (
            Identity(
                device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino)),
            Int(status.st_size)
        )
    }
}

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
    private var file: OwnDescriptor?
    private var bytesSeen = 0
    private var writer = DescriptorWriter()
    private var isFailureTold = false
    private var isLossTold = false

    init(path: String, maximumBytes: Int, keptFiles: Int) {
        self.path = path
        self.maximumBytes = maximumBytes
        self.keptFiles = max(1, keptFiles)
    }

    /// The number of the file that is open now.
    var descriptor: Int32? { file?.number }

    /// Makes the descriptor that of the path's file; returns whether that is a log that holds nothing of ours yet.
    mutating func prepare() -> Bool {
        writer.beginFlush()
        guard let file, let open = file.status() else { return reopen() }
        var named = stat()
        guard stat(path, &named) == 0, OwnDescriptor.Identity(named) == file.identity else { return reopen() }
        let bytes = Int(open.st_size)
        if maximumBytes > 0, bytes >= maximumBytes {
            rotate()
            return reopen()
        }
        let wasTruncated = bytes < bytesSeen
        bytesSeen = bytes
        return wasTruncated
    }

    mutating func write(_ lines: UnsafeRawBufferPointer) -> Int {
        guard let file, file.status() != nil else { return 0 }
        let taken = writer.write(lines, to: file.number)
        bytesSeen += writer.owesFeed ? taken - 1 : taken
        if let failure = writer.failure { tellLoss(failure) }
        return taken
    }

    /// Says once that records are lost: a log that takes none at all cannot say so itself.
    private mutating func tellLoss(_ failure: Int32) {
        guard !isLossTold else { return }
        isLossTold = true
        Diagnostics.say(
            "cannot write to the log '\(path)': \(Diagnostics.reason(failure)); records are lost, and counted in the log "
                + "when it can be written to again")
    }

    /// Opens the path. Without blocking: a named pipe that nobody reads must not stop the flush thread.
    private mutating func reopen() -> Bool {
        file?.release()
        file = OwnDescriptor(
            opened: open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o640))
        writer = DescriptorWriter()
        guard let status = file?.status() else {
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
        bytesSeen = Int(status.st_size)
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
}

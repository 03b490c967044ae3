#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Where a report goes.
public enum ReportDestination: Sendable, Equatable {
    /// Standard output.
    case standardOutput
    /// A file, which is replaced at once when the report is complete: a reader sees the old one or the new one.
    case file(String)

    /// Writes the report in full.
    ///
    /// - Throws: ``ReportWriteError``, with `EPIPE` where the reader of standard output has gone (the caller ignores
    ///   SIGPIPE). A file keeps its former content then.
    public func write(_ text: String) throws(ReportWriteError) {
        try write(Array(text.utf8))
    }

    /// Writes a report that is no text in full, as the one for text does.
    public func write(_ bytes: [UInt8]) throws(ReportWriteError) {
        switch self {
        case .standardOutput: try Self.write(bytes, to: 1, name: "standard output")
        case .file(let path): try Self.replace(path, with: bytes)
        }
    }

    private static func replace(_ path: String, with bytes: [UInt8]) throws(ReportWriteError) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            // A device or a pipe cannot be replaced; it is written to.
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw ReportWriteError(name: path, errorNumber: errno) }
            defer { close(descriptor) }
            try write(bytes, to: descriptor, name: path)
            return
        }
        let temporary = path + ".\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw ReportWriteError(name: path, errorNumber: errno) }
        do throws(ReportWriteError) {
            defer { close(descriptor) }
            try write(bytes, to: descriptor, name: path)
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let reason = errno
            unlink(temporary)
            throw ReportWriteError(name: path, errorNumber: reason)
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, name: String) throws(ReportWriteError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: buffer[written...]))
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw ReportWriteError(name: name, errorNumber: errno)
            }
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}

/// A report that could not be written.
public struct ReportWriteError: Error, Sendable, Equatable {
    /// The file, or `standard output`.
    public let name: String
    /// The system's error number.
    public let errorNumber: Int32
}

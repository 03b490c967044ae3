#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Where output goes: standard output, or a file that takes its name when all of it is there.
package struct OutputFile: ~Copyable {
    private let path: String?
    private let descriptor: Int32
    /// What it is called until it is complete. nil: it is no regular file, and written to as it is.
    private let temporary: String?
    private var isKept = false

    /// - Parameter path: nil or `-`: standard output.
    package init(_ path: String?) throws(OutputError) {
        guard let path, path != "-" else {
            (self.path, descriptor, temporary) = (nil, STDOUT_FILENO, nil)
            return
        }
        self.path = path
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            temporary = nil
            descriptor = open(path, O_WRONLY | O_CLOEXEC)
        } else {
            let name = path + ".\(getpid()).tmp"
            temporary = name
            descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        }
        if descriptor < 0 { throw OutputError(path, errno) }
    }

    deinit {
        guard path != nil, descriptor >= 0, !isKept else { return }
        close(descriptor)
        if let temporary { unlink(temporary) }
    }

    /// Writes bytes, all of them.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(OutputError) {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = systemWrite(descriptor, rest)
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw OutputError(path, errno)
            }
        }
    }

    /// Writes bytes, all of them.
    package func write(_ bytes: [UInt8]) throws(OutputError) {
        let result = bytes.withUnsafeBytes { bytes in Result { () throws(OutputError) in try write(bytes) } }
        try result.get()
    }

    /// Writes output as a whole: a file has its former content where it cannot be written in full.
    ///
    /// - Parameter path: nil or `-`: standard output.
    package static func write(_ bytes: [UInt8], to path: String?) throws(OutputError) {
        var file = try OutputFile(path)
        try file.write(bytes)
        try file.keep()
    }

    /// Gives the file its name.
    package mutating func keep() throws(OutputError) {
        guard let path else { return }
        isKept = true
        var problem = close(descriptor) == 0 ? 0 : errno
        if problem == 0, let temporary, rename(temporary, path) != 0 { problem = errno }
        guard problem != 0 else { return }
        if let temporary { unlink(temporary) }
        throw OutputError(path, problem)
    }
}

/// Output could not be written.
package struct OutputError: Error {
    private let path: String?
    private let number: Int32

    /// - Parameter path: nil: standard output.
    init(_ path: String?, _ number: Int32) {
        self.path = path
        self.number = number
    }

    /// Whether the reader of standard output has gone.
    package var isClosedPipe: Bool { path == nil && number == EPIPE }

    package var message: String {
        (path.map { "'\($0)'" } ?? "standard output") + " cannot be written: \(String(cString: strerror(number)))"
    }
}

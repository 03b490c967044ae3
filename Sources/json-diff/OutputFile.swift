#if Tools
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

#if canImport(Glibc)
let systemWrite = Glibc.write
#else
let systemWrite = Musl.write
#endif

/// Where output goes: standard output, or a file that takes its name when all of it is there.
struct OutputFile: ~Copyable {
    private let path: String?
    private let descriptor: Int32
    /// What it is called until it is complete. nil: it is no regular file, and written to as it is.
    private let temporary: String?
    private var isKept = false

    /// - Parameter path: nil or `-`: standard output.
    init(_ path: String?) throws(OutputError) {
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
    func write(_ bytes: UnsafeRawBufferPointer) throws(OutputError) {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = systemWrite(descriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw OutputError(path, errno)
            }
        }
    }

    /// Writes bytes, all of them.
    func write(_ bytes: [UInt8]) throws(OutputError) {
        let result = bytes.withUnsafeBytes { bytes in Result { () throws(OutputError) in try write(bytes) } }
        try result.get()
    }

    /// Gives the file its name.
    mutating func keep() throws(OutputError) {
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
struct OutputError: Error {
    private let path: String?
    private let number: Int32

    /// - Parameter path: nil: standard output.
    init(_ path: String?, _ number: Int32) {
        self.path = path
        self.number = number
    }

    /// Whether the reader of standard output has gone.
    var isClosedPipe: Bool { path == nil && number == EPIPE }

    var message: String {
        (path.map { "'\($0)'" } ?? "standard output") + " cannot be written: \(String(cString: strerror(number)))"
    }
}

/// What standard output can show.
enum OutputTerminal {
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// The variable COLUMNS, else the terminal's width, else 100.
    static func columns(isTerminal: Bool) -> Int {
        if let text = variable("COLUMNS"), let columns = Int(text), (1...10_000).contains(columns) { return columns }
        var size = winsize()
        guard isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return Int(size.ws_col)
    }

    /// Whether colours are not wanted: NO_COLOR (https://no-color.org) is set, or TERM is `dumb`.
    static var refusesColor: Bool { !(variable("NO_COLOR") ?? "").isEmpty || variable("TERM") == "dumb" }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
#endif

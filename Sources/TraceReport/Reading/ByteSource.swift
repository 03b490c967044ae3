#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Bytes read in order.
protocol ByteSource: ~Copyable {
    /// Fills the start of `buffer` and returns how many bytes; 0 at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogReadError) -> Int
}

/// An open file descriptor. `read` rather than `mmap`: resident memory stays flat, pipes work the same, and a log that
/// is truncated meanwhile gives a short read instead of SIGBUS.
struct DescriptorSource: ByteSource, ~Copyable {
    private let file: LogFile
    /// Where the next bytes of a file of known size are; nil: they come in order.
    private var offset: UInt64?

    /// Reads a file from its beginning, or whatever else can be read, once.
    init(_ file: consuming LogFile) {
        self.file = file
    }

    /// Reads a file of known size from `offset` on.
    init(_ file: consuming LogFile, from offset: UInt64) {
        self.file = file
        self.offset = offset
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogReadError) -> Int {
        let count = try file.read(into: buffer, at: offset)
        if let offset { self.offset = offset + UInt64(count) }
        return count
    }
}

/// An open file.
struct LogFile: ~Copyable {
    let name: String
    let descriptor: Int32
    private let ownsDescriptor: Bool
    private let progress: ReadProgress?

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - progress: Is told of every byte that is read.
    ///   - waits: Whether a named pipe's first writer is waited for.
    init(path: String, progress: ReadProgress? = nil, waits: Bool = true) throws(LogReadError) {
        name = path
        self.progress = progress
        ownsDescriptor = true
        let flags = O_RDONLY | O_CLOEXEC | (waits ? 0 : O_NONBLOCK)
        var opened = open(path, flags)
        while opened < 0, errno == EINTR { opened = open(path, flags) }
        guard opened >= 0 else { throw LogReadError(name: path, operation: "open", errorNumber: errno) }
        descriptor = opened
    }

    /// A file that is open, and stays so.
    init(sharing descriptor: Int32, name: String, progress: ReadProgress? = nil) {
        self.descriptor = descriptor
        self.name = name
        self.progress = progress
        ownsDescriptor = false
    }

    /// Standard input, which stays open.
    init(progress: ReadProgress? = nil) {
        self.progress = progress
        name = LogInput.standardInput.name
        descriptor = 0
        ownsDescriptor = false
    }

    deinit {
        if ownsDescriptor { close(descriptor) }
    }

    /// The size of a regular file; nil: it is none.
    var size: UInt64? { kind.flatMap { $0.isRegular ? $0.bytes : nil } }

    /// What is open.
    var kind: FileKind? { FileKind(descriptor: descriptor) }

    /// Fills the start of `buffer`, from an offset of a file or with what comes next, and returns how many bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64?) throws(LogReadError) -> Int {
        while true {
            let count =
                if let offset { pread(descriptor, buffer.baseAddress, buffer.count, off_t(clamping: offset)) } else {
                    systemRead(descriptor, buffer)
                }
            if count >= 0 {
                progress?.add(count)
                return count
            }
            guard errno == EINTR else { throw LogReadError(name: name, operation: "read", errorNumber: errno) }
        }
    }
}

/// read(2), whose name methods hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}

/// Bytes in memory.
struct MemorySource: ByteSource {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8], from offset: UInt64 = 0) {
        rest = bytes.dropFirst(Int(clamping: offset))
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogReadError) -> Int {
        let count = min(buffer.count, rest.count)
        buffer.copyBytes(from: rest.prefix(count))
        rest = rest.dropFirst(count)
        return count
    }
}

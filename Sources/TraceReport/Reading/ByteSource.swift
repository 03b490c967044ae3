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
    private let name: String
    private let descriptor: Int32
    private let ownsDescriptor: Bool

    /// Opens a file.
    init(path: String) throws(LogReadError) {
        name = path
        ownsDescriptor = true
        var opened = open(path, O_RDONLY | O_CLOEXEC)
        while opened < 0, errno == EINTR { opened = open(path, O_RDONLY | O_CLOEXEC) }
        guard opened >= 0 else { throw LogReadError(name: path, operation: "open", errorNumber: errno) }
        descriptor = opened
    }

    /// Standard input, which stays open.
    init() {
        name = LogInput.standardInput.name
        descriptor = 0
        ownsDescriptor = false
    }

    deinit {
        if ownsDescriptor { close(descriptor) }
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogReadError) -> Int {
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            guard errno == EINTR else { throw LogReadError(name: name, operation: "read", errorNumber: errno) }
        }
    }
}

/// Bytes in memory.
struct MemorySource: ByteSource {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogReadError) -> Int {
        let count = min(buffer.count, rest.count)
        buffer.copyBytes(from: rest.prefix(count))
        rest = rest.dropFirst(count)
        return count
    }
}

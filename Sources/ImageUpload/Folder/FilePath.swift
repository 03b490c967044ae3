#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A path as the system has it: bytes without a zero, which need not be text.
public struct FilePath: Sendable, Hashable, CustomStringConvertible {
    /// The path's bytes.
    public let bytes: [UInt8]

    /// Makes a path of bytes.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// Makes a path of text.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// The path with control characters, direction marks and bytes that are no UTF-8 escaped: fit for a terminal.
    public var description: String { PrintableText.escape(bytes) }

    /// The last component.
    var name: ArraySlice<UInt8> {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return bytes[...] }
        return bytes[(slash + 1)...]
    }

    /// What is left of the path below `folder`.
    func relative(to folder: FilePath) -> ArraySlice<UInt8> {
        let separator = folder.bytes.last == UInt8(ascii: "/") ? 0 : 1
        return bytes.dropFirst(folder.bytes.count + separator)
    }

    func appending(_ component: [UInt8]) -> FilePath {
        var joined = [UInt8]()
        joined.reserveCapacity(bytes.count + 1 + component.count)
        joined += bytes
        if bytes.last != UInt8(ascii: "/") { joined.append(UInt8(ascii: "/")) }
        joined += component
        return FilePath(bytes: joined)
    }

    /// Calls `body` with the path as the system takes it.
    func withSystemPath<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { space in
            for (index, byte) in bytes.enumerated() { space.initializeElement(at: index, to: CChar(bitPattern: byte)) }
            space.initializeElement(at: bytes.count, to: 0)
            // A space for at least the zero has an address.
            guard let address = space.baseAddress else { preconditionFailure("a path has its terminating zero") }
            return body(UnsafePointer(address))
        }
    }

    /// The size in bytes of what is there; nil if nothing is.
    var size: Int? {
        var status = stat()
        return withSystemPath { stat($0, &status) } == 0 ? Int(status.st_size) : nil
    }

    /// The first `limit` bytes of the file.
    func contents(limit: Int) throws(SystemFailure) -> [UInt8] {
        let descriptor = withSystemPath { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        var content = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let added = content[count...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard added >= 0 else {
                if errno == EINTR { continue }
                throw .last
            }
            guard added > 0 else { break }
            count += added
        }
        return Array(content.prefix(count))
    }
}

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

    func appending(_ component: [UInt8]) -> FilePath {
        let separator: [UInt8] = bytes.last == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
        return FilePath(bytes: bytes + separator + component)
    }

    /// Calls `body` with the path as the system takes it.
    func withSystemPath<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
        (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            // An array with a terminating zero is never empty, so it has an address.
            guard let address = buffer.baseAddress else { preconditionFailure("a path has its terminating zero") }
            return body(address)
        }
    }
}

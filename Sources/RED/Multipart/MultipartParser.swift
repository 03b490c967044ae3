#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Takes the first file out of a `multipart/form-data` body (RFC 7578, syntax of RFC 2046, section 5.1) as it arrives.
///
/// The first file is the first part with a `filename`, or with a `Content-Type` of `image/…`. Other parts are skipped.
/// At most ``maximumHeaderBytes`` are held besides the chunk being fed, however long a part is.
struct MultipartParser {
    /// The longest header of a part.
    static let maximumHeaderBytes = 16 << 10
    /// The longest padding behind a boundary.
    static let maximumPaddingBytes = 256

    private enum State {
        /// Before the first boundary, or in a part that is not wanted.
        case skipping
        /// Directly behind a boundary.
        case behindBoundary
        case header
        case file
        /// Behind the closing boundary.
        case ended
    }

    private let delimiter: [UInt8]
    private var state = State.skipping
    private var pending: [UInt8]
    private var hasFile = false
    private var fileIsComplete = false

    /// - Parameter boundary: The parameter of the same name in the request's `Content-Type`.
    init(boundary: String) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        // The first boundary may be the first thing in the body, without the line break that belongs to later ones.
        pending = Array("\r\n".utf8)
    }

    /// Takes the next bytes of the body and appends those that belong to the file to `file`.
    mutating func feed(_ bytes: some Sequence<UInt8>, into file: inout [UInt8]) throws(MultipartError) {
        if case .ended = state { return }
        pending.append(contentsOf: bytes)
        var position = 0
        while try step(&position, into: &file) {}
        pending.removeFirst(position)
    }

    /// The body is at its end.
    func finish() throws(MultipartError) {
        guard hasFile else { throw .noFile }
        guard fileIsComplete else { throw .unfinished }
    }

    /// Goes from one state to the next; false where more bytes are needed for that.
    private mutating func step(_ position: inout Int, into file: inout [UInt8]) throws(MultipartError) -> Bool {
        switch state {
        case .skipping, .file: passContent(&position, into: &file)
        case .behindBoundary: try passBoundary(&position)
        case .header: try passHeader(&position)
        case .ended: passEpilogue(&position)
        }
    }

    private mutating func passContent(_ position: inout Int, into file: inout [UInt8]) -> Bool {
        let (end, isDelimiter) = Self.find(delimiter, in: pending, from: position)
        if case .file = state {
            file.append(contentsOf: pending[position..<end])
            fileIsComplete = isDelimiter
        }
        position = end
        guard isDelimiter else { return false }
        position += delimiter.count
        state = .behindBoundary
        return true
    }

    private mutating func passBoundary(_ position: inout Int) throws(MultipartError) -> Bool {
        let rest = pending[position...]
        if rest.starts(with: "--".utf8) {
            state = .ended
            return true
        }
        let padding = rest.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
        let behind = rest.dropFirst(padding)
        guard padding <= Self.maximumPaddingBytes else { throw .malformed("a boundary is followed by too many blanks") }
        if behind.starts(with: "\r\n".utf8) {
            // The header's search below begins at this line break, so that a part without a header is one as well.
            position += padding
            state = .header
            return true
        }
        let mayBeginEnd = padding == 0 && behind.elementsEqual("-".utf8)
        guard behind.isEmpty || behind.elementsEqual("\r".utf8) || mayBeginEnd else {
            throw .malformed("a boundary is followed by something else than a line break")
        }
        return false
    }

    private mutating func passHeader(_ position: inout Int) throws(MultipartError) -> Bool {
        let (end, isFound) = Self.find(Array("\r\n\r\n".utf8), in: pending, from: position)
        guard end - position <= Self.maximumHeaderBytes else { throw .malformed("a part's header is too long") }
        guard isFound else { return false }
        let header = PartHeader(pending[position..<end])
        position = end + 4
        state = header.isFile && !hasFile ? .file : .skipping
        if case .file = state { hasFile = true }
        return true
    }

    private mutating func passEpilogue(_ position: inout Int) -> Bool {
        position = pending.count
        return false
    }

    /// Where `needle` begins from `start` on; else where a needle could begin that is cut off at the end.
    private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> (index: Int, isFound: Bool) {
        bytes.withUnsafeBytes { bytes in
            var position = start
            while position < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + position, Int32(needle[0]), bytes.count - position)
            {
                position = base.distance(to: UnsafeRawPointer(found))
                let rest = bytes[position...].prefix(needle.count)
                if needle.starts(with: rest) { return (position, rest.count == needle.count) }
                position += 1
            }
            return (bytes.count, false)
        }
    }
}

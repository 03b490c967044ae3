/// How a log is packed, known by its first bytes, never by its name.
enum Compression: Sendable {
    /// RFC 1952: members, one after another.
    case gzip
    /// RFC 8878: frames, skippable ones among them, one after another.
    case zstd

    /// How many bytes tell it.
    static let magicBytes = 4

    /// Finds out what a log begins with; nil: it is not packed.
    init?(firstBytes bytes: some Collection<UInt8>) {
        let bytes = Array(bytes.prefix(Self.magicBytes))
        if bytes.starts(with: [0x1f, 0x8b, 0x08]) {
            self = .gzip
        } else if bytes == [0x28, 0xb5, 0x2f, 0xfd] {
            self = .zstd
        } else if bytes.count == 4, bytes[0] & 0xf0 == 0x50, bytes[1...] == [0x2a, 0x4d, 0x18] {
            self = .zstd
        } else {
            return nil
        }
    }

    /// Makes what unpacks it.
    func decoder() -> any StreamDecoder {
        switch self {
        case .gzip: GzipDecoder()
        case .zstd: ZstdDecoder()
        }
    }
}

/// Unpacks a stream piece by piece, on one thread.
protocol StreamDecoder: AnyObject {
    /// Whether the stream cannot end here: a member or frame has begun and not ended.
    var isInside: Bool { get }

    /// Unpacks as much of `packed` as there is room for in `room`.
    func decode(_ packed: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> DecodedPiece
}

/// What one call of a decoder did.
struct DecodedPiece {
    /// Packed bytes that are done with.
    var consumed: Int
    /// Bytes that were written.
    var produced: Int
    /// Why it cannot go on; nil: it can.
    var stop: Stop?

    enum Stop {
        /// The packed bytes are damaged.
        case damaged
        /// Something else follows the packed log.
        case otherBytes
        /// What comes next takes a window of so many bytes, more than memory is given for.
        case window(UInt64)
    }
}

/// How a packed log ended: told by the thread that unpacked it, asked when it has been read.
enum PackedEnd: Sendable, Equatable {
    case whole
    /// It ends too early, or is damaged from some place on.
    case cut
    /// Bytes follow that belong to nothing.
    case otherBytes
}

import Synchronization

/// The bytes of a log, unpacked while they are read where it is packed. What comes before a cut or a damaged place is all there.
struct UnpackedSource<Packed: ByteSource & ~Copyable>: ByteSource, ~Copyable {
    private var packed: Packed
    /// Nil: the bytes are as they were written.
    private let decoder: (any StreamDecoder)?
    private let end: PackedEndCell
    private let buffer: UnsafeMutableRawBufferPointer
    private var unread = 0..<0
    private var hasEnded = false

    /// - Parameters:
    ///   - compression: How it is packed; nil: it is not.
    ///   - end: Is told how a packed log ended, before `read` returns 0.
    init(_ packed: consuming Packed, _ compression: Compression?, end: PackedEndCell) {
        self.packed = packed
        self.end = end
        decoder = compression?.decoder()
        buffer = .allocate(byteCount: compression == nil ? 0 : 256 << 10, alignment: 64)
    }

    deinit {
        buffer.deallocate()
    }

    mutating func read(into room: UnsafeMutableRawBufferPointer) throws(LogReadError) -> Int {
        guard let decoder else { return try packed.read(into: room) }
        var written = 0
        while written < room.count, !hasEnded {
            let piece = decoder.decode(
                UnsafeRawBufferPointer(rebasing: buffer[unread]),
                into: UnsafeMutableRawBufferPointer(rebasing: room[written...]))
            unread = (unread.lowerBound + piece.consumed)..<unread.upperBound
            written += piece.produced
            if let stop = piece.stop {
                finish(stop == .damaged ? .cut : isPadding ? .whole : .otherBytes)
            } else if unread.isEmpty, written < room.count {
                // Only with room left the decoder has given all it had.
                unread = 0..<(try packed.read(into: buffer))
                if unread.isEmpty { finish(decoder.isInside ? .cut : .whole) }
            } else if piece.consumed == 0, piece.produced == 0 {
                finish(.cut)
            }
        }
        return written
    }

    /// Tapes and some tools fill up with zeros.
    private var isPadding: Bool { buffer[unread].allSatisfy { $0 == 0 } }

    private mutating func finish(_ how: PackedEnd) {
        hasEnded = true
        end.set(how)
    }
}

extension UnpackedSource<DescriptorSource> {
    /// What a regular file holds.
    init(_ file: consuming LogFile, end: PackedEndCell = PackedEndCell()) throws(LogReadError) {
        let compression = try file.compression()
        self.init(DescriptorSource(file, from: 0), compression, end: end)
    }
}

/// How a packed log ended, between two threads.
final class PackedEndCell: Sendable {
    private let end = Mutex(PackedEnd.whole)

    /// How it ended; of a log that has not been read to its end, ``PackedEnd/whole``.
    var value: PackedEnd { end.withLock { $0 } }

    func set(_ value: PackedEnd) { end.withLock { $0 = value } }
}

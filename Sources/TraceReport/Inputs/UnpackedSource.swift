import Synchronization

/// The bytes of a log, unpacked while they are read where it is packed. What comes before a cut or a damaged place is all there.
struct UnpackedSource<Packed: ByteSource & ~Copyable>: ByteSource, ~Copyable {
    private var packed: Packed
    /// Nil: the bytes are as they were written.
    private let decoder: (any StreamDecoder)?
    private let name: String
    private let end: PackedEndCell
    private let buffer: UnsafeMutableRawBufferPointer
    private var unread = 0..<0
    private var hasEnded = false
    /// Whether all that was taken since the last member or frame ended is zeros.
    private var hasTakenZeros = true

    /// - Parameters:
    ///   - compression: How it is packed; nil: it is not.
    ///   - name: The log's, for errors.
    ///   - end: Is told how a packed log ended, before `read` returns 0.
    init(_ packed: consuming Packed, _ compression: Compression?, name: String, end: PackedEndCell) {
        self.packed = packed
        self.name = name
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
            let isBegin = !decoder.isInside
            let piece = decoder.decode(
                UnsafeRawBufferPointer(rebasing: buffer[unread]),
                into: UnsafeMutableRawBufferPointer(rebasing: room[written...]))
            let taken = buffer[unread].prefix(piece.consumed)
            hasTakenZeros = (isBegin || hasTakenZeros) && taken.allSatisfy { $0 == 0 }
            unread = (unread.lowerBound + piece.consumed)..<unread.upperBound
            written += piece.produced
            if let stop = piece.stop {
                try finish(stop)
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

    /// Reads on, and finds whether zeros are all that follows: tapes and some tools fill up with them.
    private mutating func isPadding() throws(LogReadError) -> Bool {
        guard hasTakenZeros else { return false }
        repeat {
            guard buffer[unread].allSatisfy({ $0 == 0 }) else { return false }
            unread = 0..<(try packed.read(into: buffer))
        } while !unread.isEmpty
        return true
    }

    private mutating func finish(_ stop: DecodedPiece.Stop) throws(LogReadError) {
        switch stop {
        case .damaged: finish(.cut)
        case .otherBytes: finish(try isPadding() ? .whole : .otherBytes)
        case .window(let bytes):
            guard let error = LogReadError(window: bytes, ofLog: name) else { return finish(.cut) }
            throw error
        }
    }

    private mutating func finish(_ how: PackedEnd) {
        hasEnded = true
        end.set(how)
    }
}

extension UnpackedSource<DescriptorSource> {
    /// What a regular file holds.
    init(_ file: consuming LogFile, end: PackedEndCell = PackedEndCell()) throws(LogReadError) {
        let compression = try file.compression()
        let name = file.name
        self.init(DescriptorSource(file, from: 0), compression, name: name, end: end)
    }
}

extension LogReadError {
    /// zstd's window is larger than libzstd takes by default; nil: larger than zstd makes, so that the log is damaged.
    fileprivate init?(window: UInt64, ofLog name: String) {
        let logarithm = UInt64.bitWidth - (max(1, window) - 1).leadingZeroBitCount
        guard logarithm <= 31 else { return nil }
        let file = name == LogInput.standardInput.name ? "" : " " + (ShellWord.shown(name) ?? "FILE")
        self.init(
            name: name,
            reason: "zstd packed it with a window of \(window >> 20) MiB, and 128 MiB are taken at most, to bound "
                + "memory; unpack it first: zstd -dc --long=\(logarithm)\(file) | trace-report -")
    }
}

/// How a packed log ended, between two threads.
final class PackedEndCell: Sendable {
    private let end = Mutex(PackedEnd.whole)

    /// How it ended; of a log that has not been read to its end, ``PackedEnd/whole``.
    var value: PackedEnd { end.withLock { $0 } }

    func set(_ value: PackedEnd) { end.withLock { $0 = value } }
}

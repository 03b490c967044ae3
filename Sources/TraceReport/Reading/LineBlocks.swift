import CLogScan

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A stretch of a log: the lines that begin in it. Stretches that touch have every line once, also one that goes on into the
/// next stretch.
struct LogRange: Equatable, Sendable {
    /// Where it begins, bytes from the log's beginning.
    var start: UInt64 = 0
    /// Where it ends; nil: with the log.
    var end: UInt64?

    /// Everything.
    static let all = LogRange()

    /// Returns it in at most `count` stretches of about the same size, none below `minimum`.
    ///
    /// - Parameter size: How many bytes there are in it.
    func split(_ size: UInt64, into count: Int, minimum: UInt64) -> [LogRange] {
        let parts = max(1, min(UInt64(max(1, count)), size / max(1, minimum)))
        return (0..<parts).map { part in
            let end = part + 1 == parts ? self.end : start + size / parts * (part + 1)
            return LogRange(start: start + size / parts * part, end: end)
        }
    }
}

/// Splits a source into blocks of whole lines through one buffer: memory does not grow with the log.
struct LineBlocks: ~Copyable {
    /// How much is read at once: a block stays in a core's own cache while it is looked through.
    static let readBytes = 256 << 10
    /// A line of so many bytes is not looked at. Docker cuts lines at 16 KiB; our own have 4 KiB.
    static let longestLine = 1 << 20
    /// How many bytes can be read behind a block.
    static let padding = HP_LOG_PADDING

    /// Bytes of the lines so far.
    private(set) var bytes: UInt64 = 0
    /// Lines of ``longestLine`` bytes and more, which are in no block.
    private(set) var overlongLines: UInt64 = 0

    private let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: longestLine + readBytes + padding, alignment: 64)
    private let range: LogRange
    private let readBytes: Int

    /// - Parameter readBytes: how much is read at once, at most ``readBytes``.
    init(_ range: LogRange, readBytes: Int = Self.readBytes) {
        self.range = range
        self.readBytes = readBytes
    }

    deinit {
        buffer.deallocate()
    }

    /// Where a source must begin: one byte before the range, to tell whether a line begins at its start.
    static func firstByte(of range: LogRange) -> UInt64 { range.start == 0 ? 0 : range.start - 1 }

    /// Reads `source`, which begins at ``firstByte(of:)``, and calls `body` for each block: whole lines with their line
    /// feeds, and at the end of a log, maybe, a line that was being written.
    mutating func forEachBlock(
        of source: inout some ByteSource & ~Copyable,
        _ body: (_ block: UnsafeRawBufferPointer, _ isFinished: Bool) -> Void
    ) throws(LogReadError) {
        // Where the bytes held begin in the log, and whether they are the rest of a line that is passed over.
        var place = Self.firstByte(of: range)
        var held = 0
        var skipped = range.start == 0 ? Skipped.nothing : .lineBefore
        while true {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[held..<min(held + readBytes, capacity)])
            let count = try source.read(into: room)
            if count == 0 { break }
            // What is behind the bytes of a block is read along with them.
            UnsafeMutableRawBufferPointer(rebasing: buffer[(held + count)..<(held + count + Self.padding)])
                .initializeMemory(as: UInt8.self, repeating: 0)
            var block = UnsafeRawBufferPointer(rebasing: buffer[..<(held + count)])
            var isLast = false
            if let end = range.end, place + UInt64(block.count) >= end {
                // The last line is the one that holds the byte before the end.
                let from = max(0, Int(Int64(end) - 1 - Int64(place)))
                if let feed = Self.firstFeed(of: block, from: from) {
                    block = UnsafeRawBufferPointer(rebasing: block[...feed])
                    isLast = true
                }
            }
            let used = take(block, from: held, &skipped, body)
            if isLast { return }
            place += UInt64(used)
            held = block.count - used
            if used > 0, held > 0 { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: block[used...])) }
        }
        finish(held, skipped, body)
    }

    private var capacity: Int { buffer.count - Self.padding }

    private enum Skipped { case nothing, lineBefore, overlong }

    /// Hands over the whole lines of `block`, of which there was none in the first `searched` bytes, and returns how many
    /// bytes are done with.
    private mutating func take(
        _ block: UnsafeRawBufferPointer, from searched: Int, _ skipped: inout Skipped,
        _ body: (UnsafeRawBufferPointer, Bool) -> Void
    ) -> Int {
        var start = 0
        if skipped != .nothing {
            let feed = Self.firstFeed(of: block, from: 0)
            if skipped == .overlong { bytes += UInt64(feed.map { $0 + 1 } ?? block.count) }
            guard let feed else { return block.count }
            skipped = .nothing
            start = feed + 1
        }
        guard let last = Self.lastFeed(of: block, from: max(start, searched)) else {
            guard block.count - start >= Self.longestLine else { return start }
            overlongLines += 1
            bytes += UInt64(block.count - start)
            skipped = .overlong
            return block.count
        }
        // Only a block's first line can be that long: of the others no byte was there before.
        if block.count > Self.longestLine, let feed = Self.firstFeed(of: block, from: max(start, searched)),
            feed - start >= Self.longestLine
        {
            overlongLines += 1
            bytes += UInt64(feed + 1 - start)
            start = feed + 1
            guard start <= last else { return start }
        }
        let lines = UnsafeRawBufferPointer(rebasing: block[start...last])
        bytes += UInt64(lines.count)
        body(lines, true)
        return last + 1
    }

    private mutating func finish(
        _ held: Int, _ skipped: Skipped, _ body: (UnsafeRawBufferPointer, Bool) -> Void
    ) {
        guard held > 0, skipped == .nothing else { return }
        bytes += UInt64(held)
        body(UnsafeRawBufferPointer(rebasing: buffer[..<held]), false)
    }

    private static func firstFeed(of block: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = block.baseAddress, start < block.count else { return nil }
        return memchr(base + start, 0x0a, block.count - start).map { base.distance(to: UnsafeRawPointer($0)) }
    }

    private static func lastFeed(of block: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = block.count - 1
        while index >= start {
            if block[index] == 0x0a { return index }
            index -= 1
        }
        return nil
    }
}

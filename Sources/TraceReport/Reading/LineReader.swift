#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A line of a log, valid during the call it is handed to.
struct LogLine {
    /// Its bytes without the line feed.
    let bytes: UnsafeRawBufferPointer
    /// False for the bytes after the last line feed: a line that was being written when the log ended.
    let isFinished: Bool
}

/// Splits a source into lines through one buffer: memory does not grow with the log.
struct LineReader {
    /// The buffer's size, and the longest line that is looked at. Docker cuts lines at 16 KiB; our own have 4 KiB.
    static let blockBytes = 1 << 20

    /// Bytes read so far.
    private(set) var bytes: UInt64 = 0
    /// Lines so far, an unfinished last one included.
    private(set) var lines: UInt64 = 0
    /// Lines longer than the buffer, which were not looked at.
    private(set) var overlongLines: UInt64 = 0

    /// Reads `source` to its end and calls `body` for each line.
    mutating func forEachLine(
        of source: inout some ByteSource & ~Copyable, blockBytes: Int = blockBytes, _ body: (LogLine) -> Void
    ) throws(LogReadError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 64)
        defer { buffer.deallocate() }
        var held = 0
        var skipsToLineEnd = false
        while true {
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[held...]))
            if count == 0 { break }
            bytes += UInt64(count)
            let filled = held + count
            let used = takeLines(of: UnsafeRawBufferPointer(rebasing: buffer[..<filled]), &skipsToLineEnd, body)
            held = filled - used
            if skipsToLineEnd || (held == blockBytes && used == 0) {
                skipsToLineEnd = true
                held = 0
            } else if used > 0, held > 0 {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[used..<filled]))
            }
        }
        if skipsToLineEnd {
            lines += 1
            overlongLines += 1
        } else if held > 0 {
            lines += 1
            body(LogLine(bytes: UnsafeRawBufferPointer(rebasing: buffer[..<held]), isFinished: false))
        }
    }

    /// Hands over every whole line of `block` and returns how many bytes they take.
    private mutating func takeLines(
        of block: UnsafeRawBufferPointer, _ skipsToLineEnd: inout Bool, _ body: (LogLine) -> Void
    ) -> Int {
        guard let base = block.baseAddress else { return 0 }
        var start = 0
        while start < block.count, let hit = memchr(base + start, 0x0a, block.count - start) {
            let end = base.distance(to: UnsafeRawPointer(hit))
            lines += 1
            if skipsToLineEnd {
                skipsToLineEnd = false
                overlongLines += 1
            } else {
                body(LogLine(bytes: UnsafeRawBufferPointer(rebasing: block[start..<end]), isFinished: true))
            }
            start = end + 1
        }
        return start
    }
}

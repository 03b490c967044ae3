#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A pipe, or whatever else gives its bytes once, that is read as they come, never waiting for them.
final class FollowedStream {
    /// Which input of the report it is.
    let input: Int
    /// Whether nothing will come any more.
    private(set) var hasEnded = false

    private let file: LogFile
    private let name: String
    /// What came behind the last finished line.
    private var pending: [UInt8] = []
    /// Whether a line goes on that is longer than any that is looked at.
    private var isInLongLine = false
    private var hasBegun = false

    private static let readBytes = 256 << 10

    init(_ file: consuming LogFile, name: String, input: Int) {
        self.file = file
        self.name = name
        self.input = input
    }

    /// What poll(2) can wait for.
    var descriptor: Int32 { file.descriptor }

    /// Reads what has come; false: that is nothing.
    ///
    /// - Parameter most: About how many bytes at once.
    func read(into analyser: inout LogAnalyser, most: Int) throws(LogReadError) -> Bool {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.readBytes, alignment: 64)
        defer { room.deallocate() }
        var count = 0
        while count < most, !hasEnded, isReady() {
            let more = try file.read(into: room, at: nil)
            if more == 0 {
                // A file that was redirected to standard input may grow.
                hasEnded = file.size == nil
                break
            }
            count += more
            pending += room[..<more]
        }
        try refusePacked()
        try takeLines(&analyser)
        return count > 0
    }

    /// Takes the line that nobody will finish.
    func finish(into analyser: inout LogAnalyser) throws(LogReadError) {
        if !pending.isEmpty { try take(pending.count, &analyser) }
    }

    private func isReady() -> Bool {
        var entry = pollfd(fd: file.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    private func refusePacked() throws(LogReadError) {
        guard !hasBegun, pending.count >= Compression.magicBytes else { return }
        hasBegun = true
        guard Compression(firstBytes: pending) != nil else { return }
        throw LogReadError(
            name: name,
            reason: "it is packed, and cannot be followed; unpack it before, as in 'zcat | trace-report --follow -'")
    }

    private func takeLines(_ analyser: inout LogAnalyser) throws(LogReadError) {
        if isInLongLine {
            let feed = pending.firstIndex(of: UInt8(ascii: "\n"))
            let rest = feed.map { $0 + 1 } ?? pending.count
            analyser.model.inputs[input].bytes += UInt64(rest)
            pending.removeFirst(rest)
            isInLongLine = feed == nil
        }
        if let feed = pending.lastIndex(of: UInt8(ascii: "\n")) {
            try take(feed + 1, &analyser)
        } else if pending.count >= LineBlocks.longestLine {
            try take(pending.count, &analyser)
            isInLongLine = true
        }
    }

    private func take(_ count: Int, _ analyser: inout LogAnalyser) throws(LogReadError) {
        let lines = Array(pending[..<count])
        pending.removeFirst(count)
        try analyser.read(.all, ofSize: UInt64(count), input: input) { range throws(LogReadError) in
            MemorySource(lines, from: LineBlocks.firstByte(of: range))
        }
    }
}

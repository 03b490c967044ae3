/// A regular file that is read as it grows.
///
/// What was read is known by its place and by the bytes before it: a file that got shorter, or has others there, was emptied, and
/// is read from its beginning. Lines are taken when they are finished.
final class FollowedFile {
    /// How the file was found.
    let path: String
    /// Which input of the report it is.
    let input: Int
    /// Since when nothing of it was new, nanoseconds on the clock of the one who looks; nil: there is more to read.
    private(set) var quietSince: UInt64?
    /// Why nothing of it is read; nil: it is a log.
    private(set) var obstacle: FollowedLogs.Obstacle?
    /// Whether there is more to read at once.
    private(set) var hasMore = false

    private let file: LogFile
    private let way: Way
    private let progress: ReadProgress?
    /// Where the first line is that has not been taken.
    private var taken: UInt64 = 0
    /// How far there is no line feed behind ``taken``.
    private var searched: UInt64 = 0
    /// The last bytes before ``taken``.
    private var mark: [UInt8] = []
    /// The unfinished line, so that it is not lost with a file that is emptied; of a very long one the beginning.
    private var unfinished: [UInt8] = []

    private static let markBytes = 64

    /// How a file is read.
    enum Way {
        case log
        /// Unless it is no text.
        case text
        /// It was read before, and does not grow: it is known, and nothing else.
        case known
    }

    init(_ file: consuming LogFile, path: String, input: Int, _ way: Way, progress: ReadProgress?) {
        self.file = file
        self.path = path
        self.input = input
        self.way = way
        self.progress = progress
    }

    /// Reads finished lines that are new; false: there are none.
    ///
    /// - Parameters:
    ///   - most: How many bytes are looked through at once.
    ///   - now: The time, nanoseconds.
    func read(into analyser: inout LogAnalyser, most: UInt64, now: UInt64) throws(LogReadError) -> Bool {
        let size = way == .known ? 0 : file.size ?? 0
        let isEmptied = size == searched ? false : try wasEmptied(size)
        if isEmptied { try begin(again: &analyser) }
        hasMore = false
        guard size > searched, try isLog(size) else {
            if quietSince == nil { quietSince = now }
            return isEmptied
        }
        quietSince = nil
        let limit = min(size, searched.addingReportingOverflow(most).partialValue)
        let end = try endOfLines(in: searched..<limit)
        searched = limit
        if let end { try takeLines(upTo: end, &analyser) }
        hasMore = searched < size
        if !hasMore { try keepUnfinished() }
        return true
    }

    /// Takes the line that nobody will finish.
    func finish(into analyser: inout LogAnalyser) throws(LogReadError) {
        guard !unfinished.isEmpty, obstacle == nil else { return }
        let line = unfinished
        unfinished = []
        try analyser.read(.all, ofSize: 0, input: input) { _ throws(LogReadError) in MemorySource(line) }
    }

    private func takeLines(upTo end: UInt64, _ analyser: inout LogAnalyser) throws(LogReadError) {
        let (descriptor, path, progress) = (file.descriptor, path, progress)
        let lines = LogRange(start: taken, end: end)
        try analyser.read(lines, ofSize: end - taken, input: input) { range throws(LogReadError) in
            DescriptorSource(
                LogFile(sharing: descriptor, name: path, progress: progress), from: LineBlocks.firstByte(of: range))
        }
        taken = end
        mark = try file.bytes(in: (end - min(end, UInt64(Self.markBytes)))..<end)
    }

    /// Whether a file of another size than before is not the one that was read.
    private func wasEmptied(_ size: UInt64) throws(LogReadError) -> Bool {
        if size < searched { return true }
        return try file.bytes(in: (taken - UInt64(mark.count))..<taken) != mark
    }

    private func begin(again analyser: inout LogAnalyser) throws(LogReadError) {
        try finish(into: &analyser)
        (taken, searched, mark, obstacle, unfinished) = (0, 0, [], nil, [])
    }

    /// Finds out, once there is something to tell it by, whether the file is one that can be read as it grows.
    private func isLog(_ size: UInt64) throws(LogReadError) -> Bool {
        guard searched == 0 else { return obstacle == nil }
        let first = try file.firstBytes(512)
        if Compression(firstBytes: first) != nil {
            obstacle = .packed
        } else if way == .text, first.contains(0) {
            obstacle = .binary
        }
        if obstacle != nil { searched = size }
        return obstacle == nil
    }

    /// Returns where the last line that ends in a range ends; nil: none does.
    private func endOfLines(in range: Range<UInt64>) throws(LogReadError) -> UInt64? {
        var upper = range.upperBound
        while upper > range.lowerBound {
            let lower = upper - min(upper - range.lowerBound, 16 << 10)
            if let feed = try file.bytes(in: lower..<upper).lastIndex(of: UInt8(ascii: "\n")) {
                return lower + UInt64(feed) + 1
            }
            upper = lower
        }
        return nil
    }

    private func keepUnfinished() throws(LogReadError) {
        let end = min(searched, taken + UInt64(LineBlocks.longestLine))
        unfinished = taken < end ? try file.bytes(in: taken..<end) : []
    }
}

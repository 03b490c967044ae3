import TraceLog

/// What strace wrote, run as `strace -f -ttt -T -y -o FILE -p PID`, or with `-yy`, or without `-o`: system calls with the files and
/// peers they were made on.
///
/// Several files are read as well, as of `-ff`. Calls that had not returned when a thread ended, or when strace did, took until then.
public struct StraceSource: EvidenceSource {
    /// What it is called.
    public var name: String { "strace" }

    /// The files, by the first instant in them.
    private let files: [File]

    private struct File {
        var input: LogInput
        var first: UInt64
        /// No call of it ends later.
        var last: UInt64
    }

    /// Looks at the beginning of each file.
    ///
    /// - Throws: ``LogReadError`` for a file that cannot be read, or that strace wrote without what is needed: it says how to run it.
    public init(files: [LogInput]) throws(LogReadError) {
        var found: [File] = []
        for file in files {
            let first = try StraceHead.firstInstant(of: file)
            found.append(File(input: file, first: first, last: try StraceHead.lastInstant(of: file)))
        }
        self.files = found.sorted { $0.first < $1.first }
    }

    /// From the first instant of the files to the last; to the end of time where one is packed.
    public func instants() -> ClosedRange<UInt64> {
        let first = files.first?.first ?? 0
        return first...max(first, files.map(\.last).max() ?? 0)
    }

    /// Reads the files one after another, in memory that grows with the number of threads that are in a call at once.
    public func read(_ take: (ThreadEvent) -> Void) throws(LogReadError) -> EvidenceCounts {
        var counts = EvidenceCounts()
        for (recording, file) in files.enumerated() {
            var reader = StraceReader(recording: recording, thread: Self.thread(ofFile: file.input))
            try file.input.forEachBlock(for: "strace's output") { block, isFinished in
                // A line without its end was being written.
                guard isFinished else { return counts.lines += 1 }
                reader.read(block, take)
            }
            reader.finish(take)
            counts.add(reader.counts)
        }
        return counts
    }

    /// The thread in the name of a file that `-ff` made: `server.strace.4243`.
    private static func thread(ofFile input: LogInput) -> UInt64? {
        let digits = input.name.split(separator: ".").last ?? ""
        guard input.name.contains("."), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt64(digits)
    }
}

extension EvidenceCounts {
    mutating func add(_ other: EvidenceCounts) {
        lines += other.lines
        unreadable += other.unreadable
        withoutDuration += other.withoutDuration
    }
}

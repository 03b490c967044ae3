extension LogInput {
    /// Reads a log to its end, unpacked, and calls `body` for each block of whole lines; the ring file of a process that was
    /// killed is read as the lines it stands for.
    ///
    /// - Parameters:
    ///   - purpose: Why it is read, for the error where it can be read only once.
    ///   - body: Is told whether the block's last line has its line feed.
    func forEachBlock(
        for purpose: String, _ body: (_ block: UnsafeRawBufferPointer, _ isFinished: Bool) -> Void
    ) throws(LogReadError) {
        var blocks = LineBlocks(.all)
        var messages = NumberedMessages()
        func readable(_ block: UnsafeRawBufferPointer, _ isFinished: Bool) {
            body(messages.written(block), isFinished)
        }
        switch self {
        case .file(let path):
            if let lines = try RingLog.lines(ofFile: path) {
                var source = MemorySource(lines)
                return try blocks.forEachBlock(of: &source, readable)
            }
            let file = try LogFile(path: path)
            guard file.size != nil else { throw readOnce(purpose) }
            if QueuedInput.beginsPartial(path) {
                throw LogReadError(
                    name: name, reason: purpose + " is not in a partial; give the logs it was written of")
            }
            var source = try UnpackedSource(file)
            try blocks.forEachBlock(of: &source, readable)
        case .standardInput:
            throw readOnce(purpose)
        case .bytes(let bytes, _):
            var source = MemorySource(bytes)
            try blocks.forEachBlock(of: &source, readable)
        }
    }

    /// A pipe has nothing left for the second reading.
    private func readOnce(_ purpose: String) -> LogReadError {
        LogReadError(name: name, reason: purpose + " takes two readings; write it to a file and give that")
    }
}

extension LogInput {
    /// Returns the first bytes of a log, unpacked, fewer where it is shorter.
    func firstBytes(_ count: Int, for purpose: String) throws(LogReadError) -> [UInt8] {
        switch self {
        case .file(let path):
            let file = try LogFile(path: path)
            guard file.size != nil else { throw readOnce(purpose) }
            return try PeekedSource(try UnpackedSource(file), count: count).firstBytes
        case .standardInput: throw readOnce(purpose)
        case .bytes(let bytes, _): return Array(bytes.prefix(count))
        }
    }

    /// Returns the last bytes of a log; nil: it is packed, and has to be read for that.
    func lastBytes(_ count: Int, for purpose: String) throws(LogReadError) -> [UInt8]? {
        switch self {
        case .file(let path):
            let file = try LogFile(path: path)
            guard let size = file.size else { throw readOnce(purpose) }
            guard try file.compression() == nil else { return nil }
            return try file.bytes(in: (size - min(size, UInt64(count)))..<size)
        case .standardInput: throw readOnce(purpose)
        case .bytes(let bytes, _): return Array(bytes.suffix(count))
        }
    }
}

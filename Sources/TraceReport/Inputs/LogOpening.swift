import Hoofprint

extension LogFile {
    /// Finds out how a regular file is packed, and does not move in it.
    func compression() throws(LogReadError) -> Compression? {
        Compression(firstBytes: try firstBytes(Compression.magicBytes))
    }

    /// Returns the first bytes of a regular file, fewer where it is shorter.
    func firstBytes(_ count: Int) throws(LogReadError) -> [UInt8] {
        try bytes(in: 0..<UInt64(count))
    }

    /// Returns bytes of a regular file, fewer where it ends before.
    func bytes(in range: Range<UInt64>) throws(LogReadError) -> [UInt8] {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, range.count), alignment: 1)
        defer { room.deallocate() }
        let wanted = UnsafeMutableRawBufferPointer(rebasing: room[..<range.count])
        return Array(wanted[..<(try read(into: wanted, at: range.lowerBound))])
    }

    /// What a file begins like.
    enum Head {
        case packed
        case ring
        case lines
    }

    /// Finds out what a regular file begins like.
    func head() throws(LogReadError) -> Head {
        let first = try firstBytes(8)
        if Compression(firstBytes: first) != nil { return .packed }
        return first.count == 8 && Recovery.isRingFile(first) ? .ring : .lines
    }
}

extension LogInput {
    /// Whether a processor reads the log alone: a packed file, which cannot be split, or a small one.
    ///
    /// Of what cannot be opened it is false: reading it alone says why.
    func isForOneProcessor(smallerThan bytes: UInt64) -> Bool {
        // A named pipe must not be opened twice.
        guard case .file(let path) = self, let kind = FileKind(path), kind.isRegular else { return false }
        do throws(LogReadError) {
            switch try LogFile(path: path).head() {
            case .packed: return true
            case .ring: return false
            case .lines: return kind.bytes < bytes
            }
        } catch {
            return false
        }
    }

    /// Whether it is a file that is read as a whole, and does not grow: a packed log, or a ring file.
    var isReadWhole: Bool {
        // One that cannot be opened is none.
        guard let head = try? LogFile(path: name).head() else { return false }
        return head != .lines
    }
}

import Hoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

extension LogFile {
    /// Finds out how a regular file is packed, and does not move in it.
    func compression() throws(LogReadError) -> Compression? {
        Compression(firstBytes: try firstBytes(Compression.magicBytes))
    }

    /// Returns the first bytes of a regular file, fewer where it is shorter.
    func firstBytes(_ count: Int) throws(LogReadError) -> [UInt8] {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { bytes.deallocate() }
        return Array(bytes[..<(try read(into: bytes, at: 0))])
    }
}

extension LogInput {
    /// Whether a processor reads the log alone: a packed file, which cannot be split, or a small one.
    ///
    /// Of what cannot be opened it is false: reading it alone says why.
    func isForOneProcessor(smallerThan bytes: UInt64) -> Bool {
        // A named pipe must not be opened twice.
        var status = stat()
        guard case .file(let path) = self, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return false
        }
        do throws(LogReadError) {
            let first = try LogFile(path: path).firstBytes(8)
            if Compression(firstBytes: first) != nil { return true }
            return UInt64(max(0, status.st_size)) < bytes && !(first.count == 8 && Recovery.isRingFile(first))
        } catch {
            return false
        }
    }
}

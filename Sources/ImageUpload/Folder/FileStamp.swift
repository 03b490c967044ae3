#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What tells that a file was changed: its size and its times of change, as fstat(2) has them.
struct FileStamp: Sendable, Equatable {
    let size: Int
    let modificationNanoseconds: Int
    /// Of the inode: it cannot be set back, as the other can by utimensat(2).
    let changeNanoseconds: Int

    init(_ status: stat) {
        size = Int(status.st_size)
        modificationNanoseconds = status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec
        changeNanoseconds = status.st_ctim.tv_sec &* 1_000_000_000 &+ status.st_ctim.tv_nsec
    }

    /// The stamp of an open file.
    init(descriptor: CInt) throws(SystemFailure) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last }
        self.init(status)
    }

    /// The stamp's bytes.
    var bytes: [UInt8] { withUnsafeBytes(of: (size, modificationNanoseconds, changeNanoseconds)) { Array($0) } }
}

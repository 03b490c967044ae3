#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A picture of the store, open for reading; the file is closed with this object.
final class StoredPicture: Sendable {
    /// What is written down of it.
    let record: PictureRecord
    /// The length of the file in bytes.
    let bytes: Int
    private let path: String
    private let descriptor: Int32

    /// Opens a file; nil if there is none. Blocks.
    init?(path: String, record: PictureRecord) throws(StoreError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw StoreError(action: "open", path: path, code: errno)
        }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else {
            let code = errno
            close(descriptor)
            throw StoreError(action: "examine", path: path, code: code)
        }
        self.path = path
        self.descriptor = descriptor
        self.record = record
        bytes = Int(end)
    }

    deinit { close(descriptor) }

    /// At most `count` bytes from `offset` on; fewer at the end of the file. Blocks.
    func read(at offset: Int, count: Int) throws(StoreError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            repeat {
                let got = pread(descriptor, buffer.baseAddress, count, off_t(offset))
                filled = max(0, got)
                code = got < 0 ? errno : 0
            } while code == EINTR
        }
        if code != 0 { throw StoreError(action: "read", path: path, code: code) }
        return bytes
    }
}

import Redness

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A picture of the store, open for reading; the file is closed with this object.
final class StoredPicture: Sendable {
    /// Its format, from its name in the store.
    let format: PictureFormat
    /// The length of the file in bytes.
    let bytes: Int
    private let path: String
    private let descriptor: Int32

    /// Opens a file; nil if there is none. Blocks.
    init?(path: String, format: PictureFormat) throws(StoreError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw StoreError(action: "open", path: path, code: errno)
        }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else {
            let code = errno
            close(descriptor)
            throw StoreError(action: "examine", path: path, code: code)
        }
        self.path = path
        self.descriptor = descriptor
        self.format = format
        bytes = Int(facts.st_size)
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

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The process's threads: the numbers in `/proc/self/task` (proc(5)).
struct ThreadFolder: ~Copyable {
    private let folder: OpaquePointer

    /// Its descriptor.
    let descriptor: Int32

    /// Opens the folder. Nil: it is not there, or may not be read.
    init?() {
        guard let folder = opendir("/proc/self/task") else { return nil }
        self.folder = folder
        descriptor = dirfd(folder)
    }

    deinit {
        closedir(folder)
    }

    /// Returns the next entry whose name is a number, nil at the end. The order is the kernel's: rising.
    func next() -> Int32? {
        while let entry = readdir(folder) {
            let number = withUnsafeBytes(of: &entry.pointee.d_name) { name in
                let end = name.firstIndex(of: 0) ?? name.endIndex
                var text = ProcText(UnsafeRawBufferPointer(rebasing: name[..<end]))
                return text.number()
            }
            if let number = number.flatMap({ Int32(exactly: $0) }) { return number }
        }
        return nil
    }

    /// Calls `look` with each thread's number, at most `maximum` times, and returns how many more there were, up to 1,000.
    func forEach(maximum: Int, _ look: (Int32) -> Void) -> UInt64 {
        var looked = 0
        var unread: UInt64 = 0
        while let number = next() {
            if looked < maximum {
                looked += 1
                look(number)
            } else {
                unread += 1
                if unread == Self.maximumUnread { break }
            }
        }
        return unread
    }

    /// Naming one more takes half a microsecond.
    private static let maximumUnread: UInt64 = 1000
}

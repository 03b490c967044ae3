#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The numbers in a folder of `/proc`: the process's open descriptors in `/proc/thread-self/fd`, its threads in
/// `/proc/self/task` (proc(5)).
struct NumberedFolder: ~Copyable {
    private let folder: OpaquePointer

    /// The folder's own descriptor.
    let descriptor: Int32

    /// Opens a folder. Nil: it is not there, or may not be read.
    init?(_ path: String) {
        guard let folder = opendir(path) else { return nil }
        self.folder = folder
        descriptor = dirfd(folder)
    }

    /// The process's open descriptors. The thread's folder, not the process's: that one is empty once the first thread has
    /// ended.
    static func descriptors() -> NumberedFolder? { NumberedFolder("/proc/thread-self/fd") }

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

    /// Calls `look` with each number but `own`, at most `maximum` times, and returns how many more there were, up to 1,000.
    func forEach(but own: Int32? = nil, maximum: Int, _ look: (Int32) -> Void) -> UInt64 {
        var looked = 0
        var unread: UInt64 = 0
        while let number = next() {
            guard number != own else { continue }
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

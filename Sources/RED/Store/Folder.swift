#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The system's calls on folders, with errors that name the folder. Every call blocks.
enum Folder {
    /// Creates a folder and those above it.
    static func create(along path: String) throws(StoreError) {
        var built = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            built += "/\(part)"
            _ = try create(built)
        }
    }

    /// Creates a folder that is its user's alone, for clients' pictures; gives whether it is new.
    static func create(_ path: String) throws(StoreError) -> Bool {
        if mkdir(path, 0o700) == 0 { return true }
        let code = errno
        // A read-only file system says EROFS, and a foreign folder EACCES, of folders that exist as well. Only of a folder
        // is there something behind the slash.
        if access("\(path)/", F_OK) == 0 { return false }
        throw StoreError(action: "create the folder", path: path, code: errno == ENOTDIR ? ENOTDIR : code)
    }

    /// Makes the names in a folder outlast a loss of power.
    static func synchronize(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(action: "open the folder", path: path, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw StoreError(action: "synchronize the folder", path: path, code: errno)
        }
    }

    /// The names in a folder, in no order.
    static func names(in path: String) throws(StoreError) -> [String] {
        guard let stream = opendir(path) else {
            throw StoreError(action: "read the folder", path: path, code: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

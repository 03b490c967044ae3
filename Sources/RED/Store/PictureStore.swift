import Hoofprint
import Redness

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A folder of pictures, each under the SHA-256 of its bytes: `ab/abcdef….jpg`.
///
/// What a crash leaves behind is at most a temporary file in `incoming/`, which the next start removes. Every call
/// blocks on the disk: none belongs on an event loop or in a task.
struct PictureStore: Sendable {
    /// The folder.
    let folder: String
    private var incomingFolder: String { "\(folder)/incoming" }

    /// Opens the store: creates the folder where it is missing, tries whether it can be written to, and removes
    /// temporary files that no process is writing any more.
    init(folder: String) throws(StoreError) {
        self.folder = folder
        try Self.createFolders(along: incomingFolder)
        try removeStaleFiles()
        try receive().discard()
    }

    /// Starts a picture.
    func receive() throws(StoreError) -> IncomingPicture {
        try IncomingPicture(in: incomingFolder)
    }

    /// Gives a picture its name, once its bytes are safe on the disk; on return its name is, too.
    ///
    /// - Returns: Whether it is new; if not, the bytes that were there already stay.
    func keep(_ picture: IncomingPicture, as id: PictureID, format: PictureFormat) throws(StoreError) -> Bool {
        let shard = shardFolder(of: id)
        let path = path(of: id, format: format)
        if access(path, F_OK) != 0 {
            try span("image.store.sync") { () throws(StoreError) in try picture.synchronize() }
            if try Self.createFolder(shard) { try Self.synchronize(folder: folder) }
        }
        // link(2) fails where the name is taken, so of two equal pictures at once exactly one is the new one.
        let isNew = link(picture.path, path) == 0
        if !isNew, errno != EEXIST { throw StoreError(action: "name a picture", path: path, code: errno) }
        picture.discard()
        try span("image.store.folder") { () throws(StoreError) in try Self.synchronize(folder: shard) }
        return isNew
    }

    /// Opens the picture with this name; nil if there is none.
    func open(_ id: PictureID) throws(StoreError) -> StoredPicture? {
        for format in PictureFormat.allCases {
            if let picture = try StoredPicture(path: path(of: id, format: format), format: format) { return picture }
        }
        return nil
    }

    private func shardFolder(of id: PictureID) -> String { "\(folder)/\(id.text.prefix(2))" }

    private func path(of id: PictureID, format: PictureFormat) -> String {
        "\(shardFolder(of: id))/\(id.text).\(format.fileExtension)"
    }

    /// Removes temporary files whose writer is gone: those that nobody has locked.
    private func removeStaleFiles() throws(StoreError) {
        for name in try Self.names(in: incomingFolder) {
            let path = "\(incomingFolder)/\(name)"
            let descriptor = systemOpen(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
            close(descriptor)
        }
    }

    // MARK: Folders

    /// Creates a folder and those above it.
    private static func createFolders(along path: String) throws(StoreError) {
        var built = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            built += "/\(part)"
            _ = try createFolder(built)
        }
    }

    /// Creates a folder; gives whether it is new.
    private static func createFolder(_ path: String) throws(StoreError) -> Bool {
        if mkdir(path, 0o755) == 0 { return true }
        let code = errno
        var facts = stat()
        // A read-only file system says EROFS, and a foreign folder EACCES, of folders that exist as well.
        guard stat(path, &facts) == 0 else { throw StoreError(action: "create the folder", path: path, code: code) }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            throw StoreError(action: "create the folder", path: path, code: ENOTDIR)
        }
        return false
    }

    /// Makes the names in a folder outlast a loss of power.
    private static func synchronize(folder: String) throws(StoreError) {
        let descriptor = systemOpen(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(action: "open the folder", path: folder, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw StoreError(action: "synchronize the folder", path: folder, code: errno)
        }
    }

    private static func names(in folder: String) throws(StoreError) -> [String] {
        guard let stream = opendir(folder) else {
            throw StoreError(action: "read the folder", path: folder, code: errno)
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

/// open(2), whose name a method hides.
private func systemOpen(_ path: String, _ flags: Int32) -> Int32 {
    open(path, flags)
}

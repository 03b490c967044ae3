import Hoofprint
import Redness

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The files of a store: each picture once, under the SHA-256 of its bytes, `ab/abcdef….jpg`, and in `incoming/` those
/// that are being received and do not stay in memory. Calls block where they do not say otherwise.
struct PictureFiles: Sendable {
    /// The store's folder.
    let folder: String
    private let memory = ReceivingMemory()
    private var incomingFolder: String { "\(folder)/incoming" }

    /// Creates the folders where they are missing.
    init(folder: String) throws(StoreError) {
        self.folder = folder
        try Folder.create(along: incomingFolder)
    }

    /// Starts a picture; one that is only measured need not be hashed. Does not block.
    func receive(isHashed: Bool = true) -> IncomingPicture {
        IncomingPicture(in: incomingFolder, memory: memory, isHashed: isHashed)
    }

    /// Removes what was being received when a process ended. Only for the one that owns the store.
    func clearIncoming() throws(StoreError) {
        for name in try Folder.names(in: incomingFolder) { unlink("\(incomingFolder)/\(name)") }
    }

    /// Where a picture is.
    func path(of id: PictureID, _ format: PictureFormat) -> String {
        "\(shard(of: id))/\(id.text).\(format.fileExtension)"
    }

    /// The folder that a picture is in.
    func shard(of id: PictureID) -> String { "\(folder)/\(id.text.prefix(2))" }

    /// Whether a picture's name is there.
    func holds(_ id: PictureID, _ format: PictureFormat) throws(StoreError) -> Bool {
        let path = path(of: id, format)
        if access(path, F_OK) == 0 { return true }
        guard errno == ENOENT else { throw StoreError(action: "look for", path: path, code: errno) }
        return false
    }

    /// Gives a received file its name, which is safe once ``shard(of:)`` is synchronized.
    ///
    /// - Returns: Whether the name is new; if not, the file that was there already stays.
    func name(_ incoming: IncomingPicture, _ id: PictureID, _ format: PictureFormat) throws(StoreError) -> Bool {
        if try holds(id, format) { return false }
        let path = path(of: id, format)
        let incoming = try incoming.file()
        if link(incoming, path) == 0 { return true }
        let code = errno
        if code == EEXIST { return false }
        guard code == ENOENT, try Folder.create(shard(of: id)) else {
            throw StoreError(action: "name a picture", path: path, code: code)
        }
        try Folder.synchronize(folder)
        guard link(incoming, path) == 0 else { throw StoreError(action: "name a picture", path: path, code: errno) }
        return true
    }

    /// Removes a picture's name. One that is not there is as good as removed.
    func remove(_ id: PictureID, _ format: PictureFormat) throws(StoreError) {
        let path = path(of: id, format)
        guard unlink(path) == 0 || errno == ENOENT else {
            throw StoreError(action: "remove", path: path, code: errno)
        }
    }

    /// The pictures in the folder of those whose ids begin with two hexadecimal digits; files with other names, which
    /// are none of ours, are passed over.
    func pictures(in digits: String) throws(StoreError) -> [(id: PictureID, format: PictureFormat)] {
        let shard = "\(folder)/\(digits)"
        guard access(shard, F_OK) == 0 else { return [] }
        return try Folder.names(in: shard).compactMap { name in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].hasPrefix(digits), let id = PictureID(parts[0]),
                let format = PictureFormat.allCases.first(where: { $0.fileExtension == parts[1] })
            else { return nil }
            return (id, format)
        }
    }

    /// The first two digits that ids can begin with.
    static let shards = (0...255).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
}

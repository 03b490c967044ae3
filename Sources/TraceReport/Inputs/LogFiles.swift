import TraceLog

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The logs that a command line names: files, folders, patterns, rotated sets.
public struct LogFiles: Sendable, Equatable {
    /// The logs, as named, and of a folder, a pattern or a rotated set the oldest first.
    public private(set) var inputs: [LogInput] = []
    /// What was passed over.
    public private(set) var notes: [Note] = []
    /// What killed processes left beside the logs that are named.
    public private(set) var rings: [LeftRing] = []
    /// Bytes of the files as they are stored; nil: there are pipes among them, or files that cannot be found.
    public private(set) var storedBytes: UInt64? = 0

    /// Something that was named, or stands in a folder, and is not read.
    public enum Note: Sendable, Equatable {
        /// A file is there under another name already.
        case sameFile(path: String, as: String)
        /// Files of a folder that are no text.
        case binaryFiles(folder: String, count: Int)
    }

    private var pathOfFile: [FileIdentity: String] = [:]

    /// Finds the logs.
    ///
    /// A folder stands for its regular files that are not hidden and are text or packed, not for those of its folders.
    /// Patterns with `*`, `?` and `[` are expanded where no file has that very name. A file that has two names is taken once.
    ///
    /// - Parameters:
    ///   - paths: What is named; `-` is standard input. A file that is not there is taken, too: reading it says why.
    ///   - rotated: Whether a file stands for its rotated set as well: `server.log.3.gz`, `server.log.1` and
    ///     `server.log-20261126.zst` for `server.log`.
    ///   - readsRings: Whether the ring files beside logs are read with them. One that cannot be is said in ``rings``.
    /// - Throws: ``LogReadError`` where a folder cannot be read or holds no log, or a pattern fits no file.
    public static func expand(
        _ paths: [String], rotated: Bool = false, readsRings: Bool = false
    ) throws(LogReadError) -> LogFiles {
        var files = LogFiles()
        for path in paths { try files.add(path, rotated: rotated) }
        var names: [String: [String]] = [:]
        for path in paths where FileKind(path)?.isRegular == true {
            let rings = FolderListing.ringFiles(of: path, &names).filter { ring in
                FileKind(ring).map { files.pathOfFile[$0.identity] == nil } == true && RingLog.isLeft(ring)
            }
            files.rings += rings.map { LeftRing(path: $0, log: path) }
        }
        if readsRings { files.readRings() }
        return files
    }

    private mutating func readRings() {
        for index in rings.indices {
            guard let input = rings[index].read() else { continue }
            inputs.append(input)
        }
    }

    private mutating func add(_ path: String, rotated: Bool) throws(LogReadError) {
        if path == "-" {
            count(FileKind("/dev/stdin"))
            inputs.append(.standardInput)
        } else if let kind = FileKind(path) {
            try add(path, kind, rotated: rotated)
        } else if path.contains(where: { "*?[".contains($0) }) {
            let found = FolderListing.paths(matching: path)
            if found.isEmpty { throw LogReadError(name: path, reason: "no file fits the pattern") }
            for path in found { if let kind = FileKind(path) { try add(path, kind, rotated: rotated) } }
        } else {
            add(path)
        }
    }

    private mutating func add(_ path: String, _ kind: FileKind, rotated: Bool) throws(LogReadError) {
        if kind.isFolder {
            let listing = try FolderListing(folder: path)
            if listing.binaryFiles > 0 { notes.append(.binaryFiles(folder: path, count: listing.binaryFiles)) }
            if listing.logs.isEmpty { throw LogReadError(name: path, reason: "the folder holds no log") }
            for path in listing.logs { add(path) }
        } else if rotated, kind.isRegular {
            for path in try FolderListing.rotatedSet(of: path) { add(path) }
        } else {
            add(path)
        }
    }

    private mutating func add(_ path: String) {
        let kind = FileKind(path)
        if let kind, kind.isRegular {
            if let other = pathOfFile[kind.identity] {
                notes.append(.sameFile(path: path, as: other))
                return
            }
            pathOfFile[kind.identity] = path
        }
        count(kind)
        inputs.append(.file(path))
    }

    private mutating func count(_ kind: FileKind?) {
        guard let known = storedBytes, let kind, kind.isRegular else {
            storedBytes = nil
            return
        }
        storedBytes = saturatingSum(known, kind.bytes)
    }
}

/// A file by its place on a device, whatever its names.
struct FileIdentity: Sendable, Hashable {
    let device: UInt64
    let inode: UInt64
}

/// What a path names.
struct FileKind: Sendable {
    let isFolder: Bool
    let isRegular: Bool
    let bytes: UInt64
    let identity: FileIdentity

    /// Asks the system, behind symbolic links; nil: there is nothing.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Asks the system what is open; nil: it does not say.
    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        isRegular = status.st_mode & S_IFMT == S_IFREG
        bytes = UInt64(max(0, status.st_size))
        identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}

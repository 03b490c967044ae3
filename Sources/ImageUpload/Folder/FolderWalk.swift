#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Why something in the folder is not sent, though nothing is wrong with it.
public enum SkipReason: String, Sendable {
    /// A symbolic link: what it points to is sent where it lies, if that is in the folder.
    case symbolicLink = "symbolic link"
    /// A FIFO, socket or device.
    case notRegularFile = "not a regular file"
    /// Neither the content nor the name is a picture's, or it is not of a kind that was asked for.
    case notPicture = "not a picture"
    /// Its path, or its size, is not one that was asked for.
    case filtered = "filtered out"
    /// It came into a folder that is watched, and was gone before it could be read.
    case vanished = "vanished"
}

/// What lies in a folder and below, one at a time, each directory in the order of its names' bytes.
///
/// Lazy: it holds the names of the directories between the folder and where it stands, and no open file. A directory that
/// is mounted into itself is not entered again, and where symbolic links are followed, no directory is entered twice.
struct FolderWalk {
    enum Entry: Equatable {
        /// A regular file, or a link to be followed to one.
        case file(FilePath)
        case skipped(FilePath, SkipReason)
        case unreadable(FilePath, SystemFailure)
    }

    private struct Directory {
        let path: FilePath
        let identity: FileIdentity
        /// Names yet to be visited with their types (readdir(3)), the next one last.
        var names: [(name: [UInt8], type: UInt8)]
    }

    private let root: FilePath
    private let filter: FileFilter
    private let links: UploadOptions.SymbolicLinks
    private let watch: FolderWatch?
    private var stack: [Directory] = []
    private var entered: Set<FileIdentity> = []

    /// Stands before the first entry of `folder`, which may be a symbolic link.
    ///
    /// - Parameter watch: Is added each directory before it is read.
    init(
        _ folder: FilePath, filter: FileFilter = FileFilter(), links: UploadOptions.SymbolicLinks = .skip,
        watch: FolderWatch? = nil
    ) throws(SystemFailure) {
        root = folder
        self.filter = filter
        self.links = links
        self.watch = watch
        try enter(folder, following: true)
    }

    /// The next entry; nil at the end.
    mutating func next() -> Entry? {
        while let top = stack.indices.last {
            // In place: another reference to the names would have them all copied.
            guard let (name, type) = stack[top].names.popLast() else {
                stack.removeLast()
                continue
            }
            if let entry = visit(stack[top].path.appending(name), type) { return entry }
        }
        return nil
    }

    /// Visits a directory in or below the folder, too, before all else; nil unless it cannot be read.
    mutating func revisit(_ path: FilePath) -> Entry? {
        if path == root { entered.removeAll() }
        return enter(directory: path)
    }

    /// What stands at `path`; nil for a directory, which is entered instead.
    private mutating func visit(_ path: FilePath, _ type: UInt8) -> Entry? {
        if Int(type) == Int(DT_REG) { return file(path) }
        var status = stat()
        guard path.withSystemPath({ lstat($0, &status) }) == 0 else { return .unreadable(path, .last) }
        let isLink = status.st_mode & S_IFMT == S_IFLNK
        if isLink {
            guard links != .skip else { return .skipped(path, .symbolicLink) }
            guard path.withSystemPath({ stat($0, &status) }) == 0 else { return .unreadable(path, .last) }
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return file(path)
        case S_IFDIR:
            guard !isLink || links == .follow else { return .skipped(path, .symbolicLink) }
            guard filter.admits(folder: path.relative(to: root)) else { return .skipped(path, .filtered) }
            return enter(directory: path)
        default: return .skipped(path, .notRegularFile)
        }
    }

    private func file(_ path: FilePath) -> Entry {
        filter.admits(file: path.relative(to: root)) ? .file(path) : .skipped(path, .filtered)
    }

    private mutating func enter(directory path: FilePath) -> Entry? {
        do throws(SystemFailure) {
            try enter(path, following: links == .follow)
            return nil
        } catch {
            return .unreadable(path, error)
        }
    }

    private mutating func enter(_ path: FilePath, following: Bool) throws(SystemFailure) {
        try watch?.add(path)
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | (following ? 0 : O_NOFOLLOW)
        let descriptor = path.withSystemPath { open($0, flags) }
        guard descriptor >= 0 else { throw .last }
        guard let stream = fdopendir(descriptor) else {
            let failure = SystemFailure.last
            close(descriptor)
            throw failure
        }
        defer { closedir(stream) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last }
        let identity = FileIdentity(status)
        if links == .follow {
            guard entered.insert(identity).inserted else { return }
        } else {
            guard !stack.contains(where: { $0.identity == identity }) else { throw SystemFailure(code: ELOOP) }
        }
        var names: [(name: [UInt8], type: UInt8)] = []
        while true {
            // readdir tells its end from an error by errno alone (readdir(3)).
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = Self.name(of: entry)
            if name != [0x2E], name != [0x2E, 0x2E] { names.append((name, entry.pointee.d_type)) }
        }
        guard errno == 0 else { throw .last }
        names.sort { $1.name.lexicographicallyPrecedes($0.name) }
        stack.append(Directory(path: path, identity: identity, names: names))
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        // By address: the name may be longer than the array that the C declaration gives it.
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
        let start = UnsafeRawPointer(entry).advanced(by: offset)
        return Array(UnsafeRawBufferPointer(start: start, count: strlen(start.assumingMemoryBound(to: CChar.self))))
    }
}

/// Which file something is, whatever its path.
struct FileIdentity: Hashable {
    let device: UInt64
    let node: UInt64

    init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        node = UInt64(truncatingIfNeeded: status.st_ino)
    }
}

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
    /// Neither the content nor the name is a picture's.
    case notPicture = "not a picture"
}

/// What lies in a folder and below, one at a time, each directory in the order of its names' bytes.
///
/// Lazy: it holds the names of the directories between the folder and where it stands, and no open file. Symbolic links
/// below the folder are not followed, and a directory that is mounted into itself is not entered again.
struct FolderWalk {
    enum Entry: Equatable {
        /// A regular file; its size in bytes is the one of the moment.
        case file(FilePath, size: Int)
        case skipped(FilePath, SkipReason)
        case unreadable(FilePath, SystemFailure)
    }

    private struct Directory {
        let path: FilePath
        let identity: FileIdentity
        /// Names yet to be visited, the next one last.
        var names: [[UInt8]]
    }

    private var stack: [Directory] = []

    /// Stands before the first entry of `folder`, which may be a symbolic link.
    init(_ folder: FilePath) throws(SystemFailure) {
        try enter(folder, following: true)
    }

    /// The next entry; nil at the end.
    mutating func next() -> Entry? {
        while let top = stack.last {
            guard let name = top.names.last else {
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].names.removeLast()
            if let entry = visit(top.path.appending(name)) { return entry }
        }
        return nil
    }

    /// What stands at `path`; nil for a directory, which is entered instead.
    private mutating func visit(_ path: FilePath) -> Entry? {
        var status = stat()
        guard path.withSystemPath({ lstat($0, &status) }) == 0 else { return .unreadable(path, .last) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(path, size: Int(status.st_size))
        case S_IFLNK: return .skipped(path, .symbolicLink)
        case S_IFDIR:
            do throws(SystemFailure) {
                try enter(path, following: false)
                return nil
            } catch {
                return .unreadable(path, error)
            }
        default: return .skipped(path, .notRegularFile)
        }
    }

    private mutating func enter(_ path: FilePath, following: Bool) throws(SystemFailure) {
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
        guard !stack.contains(where: { $0.identity == identity }) else { throw SystemFailure(code: ELOOP) }
        var names: [[UInt8]] = []
        while true {
            // readdir tells its end from an error by errno alone (readdir(3)).
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = Self.name(of: entry)
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
        }
        guard errno == 0 else { throw .last }
        names.sort { $1.lexicographicallyPrecedes($0) }
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
struct FileIdentity: Equatable {
    let device: UInt64
    let node: UInt64

    init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        node = UInt64(truncatingIfNeeded: status.st_ino)
    }
}

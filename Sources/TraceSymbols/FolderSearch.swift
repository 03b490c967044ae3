#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Finds the ELF files in a folder and those below it, `.build-id/xx/yyyy.debug` among them. Links to folders are not followed.
struct FolderSearch {
    /// Files and folders looked at; a folder with more is not searched to its end.
    static let maximumEntries = 200_000
    private static let maximumDepth = 32

    private(set) var files: [String] = []
    private(set) var isCut = false
    private var entries = 0

    init(_ folder: String) {
        search(folder, depth: 0)
    }

    private mutating func search(_ folder: String, depth: Int) {
        guard depth < Self.maximumDepth, let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            entries += 1
            guard entries <= Self.maximumEntries else {
                isCut = true
                return
            }
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            var about = stat()
            guard lstat(path, &about) == 0 else { continue }
            switch about.st_mode & S_IFMT {
            case S_IFDIR: search(path, depth: depth + 1)
            case S_IFREG where Self.isELF(path): files.append(path)
            default: break
            }
        }
    }

    private static func isELF(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var magic: [UInt8] = [0, 0, 0, 0]
        return read(descriptor, &magic, 4) == 4 && magic == [0x7f] + Array("ELF".utf8)
    }
}

import Hoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The logs of a folder.
struct FolderListing: Sendable {
    /// Their paths: by the log's name, of one log the oldest first.
    private(set) var logs: [String] = []
    /// How many files are no text, and neither packed nor a ring file.
    private(set) var binaryFiles = 0

    init(folder: String) throws(LogReadError) {
        for path in try Self.paths(in: folder) {
            guard let kind = FileKind(path), kind.isRegular else { continue }
            if try Self.isBinary(path) { binaryFiles += 1 } else { logs.append(path) }
        }
    }

    /// Returns a log's file and those it was rotated into, oldest first.
    static func rotatedSet(of path: String) throws(LogReadError) -> [String] {
        let (folder, name) = split(path)
        let base = RotatedName(name).base
        let names = try names(in: folder.isEmpty ? "." : folder).filter { RotatedName($0).base == base }
        return sorted(names, in: folder).filter { FileKind($0)?.isRegular == true }
    }

    /// Returns the ring files of processes that wrote to a log, as they are named by default.
    ///
    /// - Parameter known: The names in folders that have to do with rings: each folder is listed once, however many logs it has.
    static func ringFiles(of path: String, _ known: inout [String: [String]]) -> [String] {
        let (folder, name) = split(path)
        // Of a folder that may be searched and not listed, there is none to name.
        let names =
            known[folder] ?? (try? names(in: folder.isEmpty ? "." : folder, holding: LeftRing.infix)) ?? []
        known[folder] = names
        return sorted(names.filter { $0.hasPrefix(name + LeftRing.infix) }, in: folder)
    }

    /// Returns the paths that fit a pattern of the shell, sorted as in a folder.
    static func paths(matching pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, GLOB_NOSORT, nil, &found) == 0 else { return [] }
        let paths = (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
        return sorted(paths)
    }

    /// Returns the paths of what a folder holds and does not hide: by the log's name, of one log the oldest first.
    static func paths(in folder: String) throws(LogReadError) -> [String] {
        sorted(try names(in: folder), in: folder)
    }

    /// Returns the names in a folder that hold some text, of those that are not hidden.
    ///
    /// The text is looked for before a string is made: beside a log there may be thousands of files, which would take longer than
    /// a small log does.
    private static func names(in folder: String, holding text: String = "") throws(LogReadError) -> [String] {
        guard let stream = opendir(folder) else {
            throw LogReadError(name: folder, operation: "open", errorNumber: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes -> String? in
                guard let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                    start.pointee != CChar(UInt8(ascii: ".")), strstr(start, text) != nil
                else { return nil }
                return String(cString: start)
            }
            if let name { names.append(name) }
        }
        return names
    }

    private static func sorted(_ names: [String], in folder: String) -> [String] {
        let start = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
        return sorted(names.map { start + $0 })
    }

    private static func sorted(_ paths: [String]) -> [String] {
        let named = paths.map { path in (split(path).folder, RotatedName(split(path).name), path) }
        return named.sorted { left, right in
            left.0 != right.0 ? left.0 < right.0 : left.1 != right.1 ? left.1 < right.1 : left.2 < right.2
        }.map { $0.2 }
    }

    /// Splits a path behind its last slash.
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }

    /// Whether a file's beginning holds what no text does. UTF-8 and every one-byte encoding of text are without NUL.
    private static func isBinary(_ path: String) throws(LogReadError) -> Bool {
        let first = try LogFile(path: path).firstBytes(512)
        guard first.contains(0), Compression(firstBytes: first) == nil else { return false }
        return !Recovery.isRingFile(Array(first.prefix(8)))
    }
}

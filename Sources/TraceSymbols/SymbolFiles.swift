import Synchronization
import TraceLog
import TraceReport

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Files with symbols and debug information, found by the build that a log names.
///
/// A file is a module's where the build ids are the same; where one of them has none, where the layouts are (see "The record
/// format"). A module may have several: the stripped program, and its debug information in a file of its own.
public final class SymbolFiles: SymbolSource {
    private struct Content {
        var debugInformation: DebugInformation?
        var functions: SortedFunctions
    }

    private struct State {
        var contents: [String: Content] = [:]
        var filesOfModule: [ModuleKey: [String]] = [:]
    }

    private struct ModuleKey: Hashable {
        var buildID: String
        var layout: UInt64
    }

    private let files: [SymbolFile]
    /// What was named and is a folder.
    private let folders: [String]
    private let state = Mutex(UncheckedState(State()))

    /// libdw may be used by one thread at a time, which the lock around it sees to.
    private struct UncheckedState: @unchecked Sendable {
        var state: State
        init(_ state: State) { self.state = state }
    }

    /// Looks for ELF files: `paths` are files, and folders, which are searched to a depth of 32.
    ///
    /// - Throws: ``SymbolFileError`` where a file cannot be read or is no ELF file of 64 bits.
    public init(paths: [String]) throws(SymbolFileError) {
        var files: [SymbolFile] = []
        var folders: [String] = []
        for path in paths {
            var about = stat()
            guard stat(path, &about) == 0 else {
                throw SymbolFileError(path: path, reason: String(cString: strerror(errno)))
            }
            if about.st_mode & S_IFMT == S_IFDIR {
                let search = FolderSearch(path)
                if search.isCut {
                    throw SymbolFileError(
                        path: path,
                        reason: "it holds more than \(FolderSearch.maximumEntries) files; name a folder further down")
                }
                folders.append(path)
                files += search.files.compactMap { SymbolFile(path: $0, isNamed: false) }
            } else {
                guard access(path, R_OK) == 0 else {
                    throw SymbolFileError(path: path, reason: String(cString: strerror(errno)))
                }
                guard let file = SymbolFile(path: path, isNamed: true) else {
                    throw SymbolFileError(path: path, reason: "it is no 64-bit ELF program, library or debug file")
                }
                files.append(file)
            }
        }
        self.files = files
        self.folders = folders
    }

    static func isFile(_ file: SymbolFile, of module: ModuleRecord) -> Bool {
        if !file.buildID.isEmpty, !module.buildID.isEmpty { return file.buildID == module.buildID }
        return file.layout == module.layout
    }

    /// Returns the functions at an address in a module's file; see ``SymbolSource``.
    ///
    /// Cost: the first time in a module its files are opened, and the first time in a compilation unit all its functions are
    /// looked at; then a search among them, and a walk down what is inlined in one.
    public func functions(in module: ModuleRecord, at address: UInt64) -> [SourceFunction] {
        state.withLock { unchecked in
            var named: SourceFunction?
            for path in paths(of: module, &unchecked.state) {
                let content = Self.content(of: path, &unchecked.state)
                let found = content.debugInformation?.functions(at: address) ?? []
                if found.contains(where: { $0.name != nil }) { return found }
                if var symbol = content.functions.function(at: address).map({ SourceFunction(name: $0.name) }) {
                    (symbol.file, symbol.line) = (found.first?.file, found.first?.line)
                    if named == nil { named = symbol }
                }
            }
            return named.map { [$0] } ?? []
        }
    }

    private func paths(of module: ModuleRecord, _ state: inout State) -> [String] {
        let key = ModuleKey(buildID: module.buildID, layout: module.layout)
        if let known = state.filesOfModule[key] { return known }
        let found = files.filter { Self.isFile($0, of: module) }.map(\.path)
        state.filesOfModule[key] = found
        return found
    }

    private static func content(of path: String, _ state: inout State) -> Content {
        if let known = state.contents[path] { return known }
        let content = Content(
            debugInformation: DebugInformation(path: path), functions: SymbolTable.functions(ofFile: path))
        state.contents[path] = content
        return content
    }

    /// Says what of the files does not go with the modules of a log: one sentence each.
    public func complaints(about modules: [ModuleRecord]) -> [String] {
        guard !modules.isEmpty else { return ["the logs hold no stacks, so there is nothing to name"] }
        var complaints: [String] = []
        for file in files where file.isNamed && !modules.contains(where: { Self.isFile(file, of: $0) }) {
            complaints.append(Self.mismatch(file, modules))
        }
        for folder in folders {
            let prefix = folder.hasSuffix("/") ? folder : folder + "/"
            let isUsed = files.contains { file in
                !file.isNamed && file.path.hasPrefix(prefix) && modules.contains { Self.isFile(file, of: $0) }
            }
            if !isUsed {
                complaints.append("no file in '\(folder)' is one that the logs' samples were taken in")
            }
        }
        return complaints
    }

    private static func mismatch(_ file: SymbolFile, _ modules: [ModuleRecord]) -> String {
        func fileName(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }
        let name = fileName(file.path)
        let stem = name.hasSuffix(".debug") ? name.dropLast(6) : name
        func mark(_ buildID: String, _ layout: UInt64) -> String {
            buildID.isEmpty ? "no build id, and the layout \(String(layout, radix: 16))" : "the build id \(buildID)"
        }
        let own = mark(file.buildID, file.layout)
        let alike = modules.filter { fileName($0.path) == stem }
        guard let module = alike.first else {
            let names = Set(modules.map { String(fileName($0.path)) }).sorted().prefix(5).joined(separator: ", ")
            return "'\(file.path)' has \(own), and none of what ran has: samples were taken in \(names)"
        }
        return "'\(file.path)' has \(own), but '\(module.path)' that ran has \(mark(module.buildID, module.layout)): "
            + "it is another build; give the file that ran, or the one it was stripped from"
    }
}

/// Why a file with symbols cannot be used.
public struct SymbolFileError: Error {
    /// The file or folder.
    public let path: String
    /// What is wrong.
    public let reason: String
}

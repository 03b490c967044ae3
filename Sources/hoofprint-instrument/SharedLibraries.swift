import Foundation

/// A shared library that a program needs.
struct SharedLibrary {
    /// As it is asked for: `libjpeg.so.62`.
    let name: String
    let file: ElfFile
    /// Whoever asked for it. nil: the program itself.
    let loader: Int?
}

/// Finds what a program needs as ld.so(8) does, without running it: in `DT_RPATH`, `LD_LIBRARY_PATH`, `DT_RUNPATH`, the loader's
/// cache and its own folders. Of the variables in paths it knows `$ORIGIN`.
struct SharedLibraries {
    /// What is left to the system that the program runs on: glibc, and the C++ and unwinding libraries, which are as old as
    /// glibc there and newer than whatever else is.
    static func isOfSystem(_ name: String) -> Bool {
        let names: Set = [
            "libc.so.6", "libm.so.6", "libmvec.so.1", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1",
            "libresolv.so.2", "libanl.so.1", "libgcc_s.so.1", "libstdc++.so.6",
        ]
        return names.contains(name) || name.hasPrefix("ld-linux") || name.hasPrefix("ld64.so")
    }

    /// What Hoofprint opens by name where it is there: the stack sampler unwinds with it. A program that has no such name in
    /// it does not.
    static let openedByName = ["libunwind-x86_64.so.8"]

    private let program: ElfFile
    private let environmentFolders: [String]
    private let cache: [String: [String]]
    /// Those that are not the system's, in the order in which the loader would load them.
    private(set) var found: [SharedLibrary] = []
    private var names: Set<String> = []

    /// - Parameters:
    ///   - cache: Files by library name, as ldconfig(8) knows them.
    ///   - libraryPath: `LD_LIBRARY_PATH`.
    init(of program: ElfFile, cache: [String: [String]], libraryPath: String?) throws {
        self.program = program
        self.cache = cache
        let parts = libraryPath?.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == ";" } ?? []
        environmentFolders = libraryPath?.isEmpty == false ? parts.map { $0.isEmpty ? "." : String($0) } : []
        try add(program.needed, loader: nil)
        try addNeeded(from: 0)
        let programs = [program] + found.map(\.file)
        for name in Self.openedByName where !names.contains(name) {
            guard try programs.contains(where: { try $0.contains(name) }), let file = find(name, loader: nil) else {
                continue
            }
            names.insert(name)
            found.append(SharedLibrary(name: name, file: file, loader: nil))
            try addNeeded(from: found.count - 1)
        }
    }

    /// Adds what the libraries need that were found from an index on.
    private mutating func addNeeded(from first: Int) throws {
        var next = first
        while next < found.count {
            try add(found[next].file.needed, loader: next)
            next += 1
        }
    }

    private mutating func add(_ needed: [String], loader: Int?) throws {
        for name in needed where !Self.isOfSystem(name) && !names.contains(name) {
            let user = loader.map { found[$0].file.path } ?? program.path
            guard !name.contains("/") else {
                throw BundleError(
                    "'\(user)' needs the library '\(name)' by its path, and would look for it there on every machine; "
                        + "link that library with -soname, and the program anew")
            }
            guard let file = find(name, loader: loader) else {
                throw BundleError(
                    "'\(user)' needs the library '\(name)', which is neither in its search path "
                        + "('\(searchPath(of: loader) ?? "")'), nor in LD_LIBRARY_PATH, nor in the system's folders; "
                        + "install it, or name its folder in LD_LIBRARY_PATH")
            }
            names.insert(name)
            found.append(SharedLibrary(name: name, file: file, loader: loader))
        }
    }

    private func file(_ loader: Int?) -> ElfFile { loader.map { found[$0].file } ?? program }

    private func searchPath(of loader: Int?) -> String? { file(loader).searchPath?.text }

    private func find(_ name: String, loader: Int?) -> ElfFile? {
        var folders: [String] = []
        let own = file(loader)
        if own.searchPath?.isRunpath != true {
            // DT_RPATH of the loader, of its loader, and so on.
            var next: Int? = loader
            while let index = next {
                folders += Self.folders(of: found[index].file, runpath: false)
                next = found[index].loader
            }
            folders += Self.folders(of: program, runpath: false)
        }
        folders += environmentFolders
        folders += Self.folders(of: own, runpath: true)
        let defaults = ["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map { $0 + "/" + name }
        let files = folders.map { $0 + "/" + name } + (cache[name] ?? []) + defaults
        // One of another machine, or that is none, the loader passes over.
        for path in files where FileManager.default.fileExists(atPath: path) {
            if let file = try? ElfFile(path: path), file.machine == program.machine { return file }
        }
        return nil
    }

    private static func folders(of file: ElfFile, runpath: Bool) -> [String] {
        guard let searchPath = file.searchPath, searchPath.isRunpath == runpath else { return [] }
        let origin = URL(fileURLWithPath: file.path).deletingLastPathComponent().path
        return searchPath.text.split(separator: ":").map { folder in
            folder.replacingOccurrences(of: "${ORIGIN}", with: origin).replacingOccurrences(of: "$ORIGIN", with: origin)
        }
    }

    /// Reads what `ldconfig -p` prints: `	libz.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libz.so.1`.
    static func cache(printed: String) -> [String: [String]] {
        var cache: [String: [String]] = [:]
        for line in printed.split(separator: "\n") {
            guard let arrow = line.range(of: ") => "),
                let open = line.range(of: " (", range: line.startIndex..<arrow.lowerBound)
            else { continue }
            // Those for some processors only are left out.
            guard !line[open.upperBound..<arrow.lowerBound].contains("hwcap") else { continue }
            let name = line[..<open.lowerBound].trimmingCharacters(in: .whitespaces)
            cache[name, default: []].append(String(line[arrow.upperBound...]))
        }
        return cache
    }
}

import Foundation

/// The folder that is packed.
struct BundleContent {
    private let top: URL
    private let programs: [ElfFile]
    /// Each once, by name.
    private var libraries: [SharedLibrary] = []
    /// Whether some file does not find its libraries by itself.
    private var needsLibraryPath = false

    init(of executables: [URL], in top: URL, _ tools: BundleTools) throws {
        self.top = top
        programs = try executables.map { try ElfFile(path: $0.path) }
        for folder in ["bin", "lib", "symbols"] {
            try attempt("make a folder in '\(top.path)'") {
                try FileManager.default.createDirectory(
                    at: top.appendingPathComponent(folder), withIntermediateDirectories: true)
            }
        }
        let cache = SharedLibraries.cache(printed: try tools.output("ldconfig", ["-p"], for: "find shared libraries"))
        for program in programs {
            guard program.machine == programs[0].machine else {
                throw BundleError(
                    "'\(program.path)' is a program of another machine than '\(programs[0].path)'; bundle it apart")
            }
            let needed = try SharedLibraries(
                of: program, cache: cache, libraryPath: ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"])
            for library in needed.found { try add(library) }
            let isSearching = !needed.found.isEmpty
            try add(program, as: "bin/" + program.name, searchPath: isSearching ? "$ORIGIN/../lib" : nil, tools)
        }
        libraries.sort { $0.name < $1.name }
        for library in libraries {
            let isSearching = library.file.needed.contains { !SharedLibraries.isOfSystem($0) }
            let hasPath = library.file.searchPath != nil
            try add(
                library.file, as: "lib/" + library.name, searchPath: isSearching && hasPath ? "$ORIGIN" : nil, tools)
        }
    }

    private mutating func add(_ library: SharedLibrary) throws {
        guard let other = libraries.first(where: { $0.name == library.name }) else {
            libraries.append(library)
            return
        }
        let paths = [other, library].map { URL(fileURLWithPath: $0.file.path).resolvingSymlinksInPath().path }
        guard paths[0] == paths[1] else {
            throw BundleError(
                "two programs need different libraries of the name '\(library.name)': '\(paths[0])' and '\(paths[1])'; "
                    + "bundle them apart")
        }
    }

    /// Copies a program or library, its debug information apart.
    ///
    /// - Parameter searchPath: Where it finds what it needs. nil: it needs nothing, or whoever loads it sees to that.
    private mutating func add(_ file: ElfFile, as path: String, searchPath: String?, _ tools: BundleTools) throws {
        let copy = top.appendingPathComponent(path)
        if file.hasDebugInformation {
            let symbols = top.appendingPathComponent("symbols/\(copy.lastPathComponent).debug")
            try tools.run(
                tools.objcopy, ["--only-keep-debug", file.path, symbols.path],
                for: "take the debug information out of '\(file.path)'")
            // The symbol table stays: the log names functions by it.
            try tools.run(
                tools.objcopy, ["--strip-debug", "--add-gnu-debuglink=\(symbols.path)", file.path, copy.path],
                for: "make a copy of '\(file.path)' without debug information")
        } else {
            try attempt("copy '\(file.path)' to '\(copy.path)'") {
                let original = URL(fileURLWithPath: file.path).resolvingSymlinksInPath()
                try FileManager.default.copyItem(at: original, to: copy)
            }
        }
        try attempt("change the mode of '\(copy.path)'") {
            let mode = path.hasPrefix("bin/") ? 0o755 : 0o644
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: copy.path)
        }
        guard let searchPath else { return }
        let isProgram = path.hasPrefix("bin/")
        let isDone = try ElfFile(path: copy.path).replaceSearchPath(with: searchPath, isInherited: isProgram)
        let isSo = !isProgram && file.searchPath?.text.split(separator: ":").first == Substring(searchPath)
        if !isDone, !isSo { needsLibraryPath = true }
    }

    /// Copies a folder of resources; what links in it lead to is copied in their place.
    func add(resources folder: URL, _ tools: BundleTools) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw BundleError("cannot bundle the resources '\(folder.path)': there is no such folder; name another")
        }
        try tools.run(
            "cp", ["-RL", "--", folder.path, top.appendingPathComponent("bin").path + "/"],
            for: "copy the resources '\(folder.path)'")
    }

    func writeTexts(archiveName: String, _ tools: BundleTools) throws {
        let symbols = top.appendingPathComponent("symbols")
        try attempt("look into '\(symbols.path)'") {
            let isEmpty = try FileManager.default.contentsOfDirectory(atPath: symbols.path).isEmpty
            if isEmpty { try FileManager.default.removeItem(at: symbols) }
            if libraries.isEmpty { try FileManager.default.removeItem(at: top.appendingPathComponent("lib")) }
            try Data(startText.utf8).write(to: top.appendingPathComponent("start"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: top.appendingPathComponent("start").path)
            try Data(readmeText(archiveName, hasSymbols: !isEmpty).utf8).write(to: top.appendingPathComponent("README"))
        }
        let manifest = try manifestText(tools)
        try attempt("write '\(top.path)/MANIFEST'") {
            try Data(manifest.utf8).write(to: top.appendingPathComponent("MANIFEST"))
        }
    }

    // The texts.

    private var startText: String {
        let names = programs.map { Self.quoted($0.name) }
        let choice = """
            if [ $# -gt 0 ]; then
                case $1 in
                \(names.joined(separator: " | ")))
                    name=$1
                    shift
                    ;;
                esac
            fi

            """
        let libraryPath = """
            LD_LIBRARY_PATH=$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
            export LD_LIBRARY_PATH

            """
        return """
            #!/bin/sh
            # Runs a program of this folder in place of this script, with all arguments; see README.
            self=$0
            case $self in */*) ;; *) self=./$self ;; esac
            while [ -h "$self" ]; do
                link=$(readlink "$self") || exit 1
                case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
            done
            here=$(CDPATH='' cd -- "${self%/*}/" && pwd -P) || exit 1
            name=\(names[0])
            \(programs.count > 1 ? choice : "")\
            # A comma in HOOFPRINT_SINK parts two sinks.
            case $here/$name in
            *,*) ;;
            *)
                if [ -z "${HOOFPRINT_SINK+set}" ] && [ -w "$here" ]; then
                    HOOFPRINT_SINK=file:$here/$name.log
                    export HOOFPRINT_SINK
                fi
                ;;
            esac
            \(needsLibraryPath ? libraryPath : "")\
            exec "$here/bin/$name" "$@"

            """
    }

    /// A word of the shell.
    private static func quoted(_ text: String) -> String {
        "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }

    private func readmeText(_ archiveName: String, hasSymbols: Bool) -> String {
        let first = programs[0].name
        let others = programs.dropFirst().map { "    ./start \($0.name) ARGUMENT…\n" }.joined()
        return """
            \(archiveName): \(programs.map(\.name).joined(separator: ", "))
            To be run on Linux (\(programs[0].machineName)), which needs no Swift.

            Start
                ./start ARGUMENT…
            \(others)
            From any folder, and through a link, too. The program runs in place of `start`, and gets signals itself.
            Put this folder where you like, but keep it together.

            Log
            Where HOOFPRINT_SINK is not set, `start` sets it to a file beside itself, \(first).log; where it may not write
            there, or a comma is in the folder's name, records go to standard error. Other places: HOOFPRINT_SINK=stderr,
            file:PATH, journald, syslog. Stack samples: HOOFPRINT_SAMPLE=99.
            To send a log: stop the program or wait for ten seconds, then `gzip -k \(first).log`, and send
            \(first).log.gz.

            Report
                trace-report \(first).log\(hasSymbols ? " --symbols symbols" : "")
            \(hasSymbols ? Self.symbolsText : Self.noSymbolsText)

            What the system must have
            \(systemText)
            \(libraries.isEmpty ? "" : librariesText)\
            Content
            `sha256sum -c MANIFEST` checks the files. The lines with # in it are build ids.

            """
    }

    private static let symbolsText = """
        The folder symbols has the debug information: files, lines and inlined functions. It is not needed where the
        program runs; keep it for when a log comes back.
        """
    private static let noSymbolsText = """
        The programs have no debug information; reports name functions, but no lines. `-Xswiftc -g` builds it.
        """

    private var librariesText: String {
        let how =
            needsLibraryPath
            ? "Some are found by LD_LIBRARY_PATH, which `start` sets; what the program runs inherits it."
            : "The programs find them by themselves; LD_LIBRARY_PATH is not used."
        return """
            Libraries
            \(libraries.map { "    lib/\($0.name)\n" }.joined())\
            \(how)
            What a program opens by name (dlopen) is not here, but for libunwind, with which Hoofprint samples stacks, where
            the machine had it that this was made on.


            """
    }

    /// The system's libraries, each with the newest version of its symbols that is asked for.
    private var systemText: String {
        var versions: [String: [String: [Int]]] = [:]
        for file in programs + libraries.map(\.file) {
            for library in file.needed where SharedLibraries.isOfSystem(library) {
                if versions[library] == nil { versions[library] = [:] }
            }
            for need in file.versionNeeds where SharedLibraries.isOfSystem(need.library) {
                let parts = need.version.split(separator: "_")
                let numbers = parts.last?.split(separator: ".").map { Int($0) } ?? []
                guard parts.count == 2, !numbers.contains(nil) else { continue }
                let prefix = String(parts[0])
                let number = numbers.compactMap { $0 }
                let newest = versions[need.library]?[prefix] ?? []
                if newest.lexicographicallyPrecedes(number) { versions[need.library, default: [:]][prefix] = number }
            }
        }
        guard !versions.isEmpty else { return "Nothing: the programs are linked statically.\n" }
        return versions.sorted { $0.key < $1.key }.map { library, newest in
            let texts = newest.sorted { $0.key < $1.key }
                .map { "\($0.key)_" + $0.value.map(String.init).joined(separator: ".") }
            return "    \(library)\(texts.isEmpty ? "" : " with ")\(texts.joined(separator: ", "))\n"
        }.joined()
    }

    /// As `sha256sum -c` reads it, build ids in its comments.
    private func manifestText(_ tools: BundleTools) throws -> String {
        var files: [String] = []
        try attempt("look into '\(top.path)'") {
            for path in try FileManager.default.subpathsOfDirectory(atPath: top.path) {
                let attributes = try FileManager.default.attributesOfItem(atPath: top.path + "/" + path)
                let type = attributes[.type] as? FileAttributeType
                if type == .typeDirectory { continue }
                guard type == .typeRegular else {
                    throw BundleError(
                        "cannot bundle '\(path)': it is no file and no folder; take it out of the resources")
                }
                files.append(path)
            }
        }
        files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var text = ""
        for path in files where path.split(separator: "/").count == 2 {
            let buildID = try ElfFile(path: top.path + "/" + path).buildID
            if !buildID.isEmpty { text += "# build id of \(path): \(buildID)\n" }
        }
        // Fewer than a command line has room for.
        for start in stride(from: 0, to: files.count, by: 200) {
            let some = Array(files[start..<min(start + 200, files.count)])
            text += try tools.output("sha256sum", ["--"] + some, in: top, for: "hash the files of the bundle")
        }
        return text
    }
}

extension ElfFile {
    fileprivate var name: String { URL(fileURLWithPath: path).lastPathComponent }

    /// As `uname -m` says it.
    fileprivate var machineName: String {
        switch machine {
        case 62: "x86_64"
        case 183: "aarch64"
        default: "machine \(machine)"
        }
    }
}

import Foundation

/// Programs with what they need to run on a machine that has no Swift, in one archive:
///
/// | file | what |
/// |---|---|
/// | `start` | runs the first program, or another by name, with its log beside it |
/// | `bin/NAME` | a program with its symbols, without its debug information; `NAME.resources` beside it |
/// | `lib/…` | the shared libraries it needs, Swift's among them; the C and C++ libraries are the system's |
/// | `symbols/NAME.debug` | its debug information, for `trace-report --symbols` |
/// | `README`, `MANIFEST` | how it is used; each file's SHA-256 and build id |
///
/// The programs find `lib` by themselves: the search path in them is replaced where there is room for that, and the programs
/// they run get no `LD_LIBRARY_PATH`. Libraries that they open by name are not known of. The archive is made beside its
/// place and put there when it is whole; of the same input and tools it is the same, byte by byte.
struct Bundle {
    private let executables: [URL]
    private let resources: [URL]
    private let archive: URL
    private let format: Format
    /// The archive's name without its extension, and of the folder in it.
    private let name: String

    /// How the archive is packed: the extension, and the command that tar gives it to.
    private struct Format {
        let suffix: String
        let command: [String]
        let package: String

        // Levels above these cost minutes for a few percent.
        static let all = [
            Format(suffix: ".tar.zst", command: ["zstd", "-q", "-12", "-T0"], package: "zstd"),
            Format(suffix: ".tar.gz", command: ["gzip", "-n", "-6"], package: "gzip"),
            Format(suffix: ".tar.xz", command: ["xz", "-6", "-T1"], package: "xz-utils"),
            Format(suffix: ".tar", command: [], package: "tar"),
        ]
    }

    /// Describes a bundle; nothing is read yet.
    ///
    /// - Parameters:
    ///   - executables: The programs; `start` runs the first.
    ///   - resources: The folders `PACKAGE_TARGET.resources` that SwiftPM puts beside them.
    ///   - archive: `NAME.tar.zst`, `.tar.gz`, `.tar.xz` or `.tar`; is replaced where it is there.
    /// - Throws: ``BundleError`` where a name is none that can be used.
    init(executables: [URL], resources: [URL], to archive: URL) throws {
        guard !executables.isEmpty else { throw BundleError("there is no program to bundle; name one at least") }
        let fileName = archive.lastPathComponent
        guard let format = Format.all.first(where: { fileName.hasSuffix($0.suffix) }) else {
            let known = Format.all.map(\.suffix).joined(separator: ", ")
            throw BundleError(
                "cannot bundle to '\(archive.path)': its name ends in none of \(known); give it one of these")
        }
        self.executables = executables
        self.resources = resources
        self.archive = archive
        self.format = format
        name = String(fileName.dropLast(format.suffix.count))
        var taken: Set<String> = []
        for name in [name] + (executables + resources).map(\.lastPathComponent) {
            let isPlain = !name.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
            guard !["", ".", ".."].contains(name), isPlain else {
                let shown = String(String.UnicodeScalarView(name.unicodeScalars.map { $0.value < 32 ? "?" : $0 }))
                throw BundleError(
                    "cannot bundle '\(shown)': this is no name, or has a control character in it; rename it")
            }
        }
        for file in executables + resources where !taken.insert(file.lastPathComponent).inserted {
            throw BundleError(
                "cannot bundle '\(file.path)': another of that name would stand beside it; rename one of them")
        }
    }

    /// Makes the archive.
    ///
    /// - Throws: ``BundleError``; then there is no archive, or still the one before.
    func write() throws {
        let folder = archive.deletingLastPathComponent()
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw BundleError("cannot bundle to '\(archive.path)': there is no folder '\(folder.path)'; create it")
        }
        guard !FileManager.default.fileExists(atPath: archive.path, isDirectory: &isFolder) || !isFolder.boolValue
        else {
            throw BundleError("cannot bundle to '\(archive.path)': it is a folder; give another name")
        }
        let tools = try BundleTools(compressor: format.command.first.map { ($0, format.package) })
        // Beside the archive, so that it needs only a new name in the end.
        let staging = folder.appendingPathComponent(".\(name).\(UUID().uuidString)")
        try attempt("make the folder '\(staging.path)'") {
            try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: false)
        }
        let result = Result { try write(in: staging, tools) }
        let cleaning = Result { try FileManager.default.removeItem(at: staging) }
        try result.get()
        try attempt("remove the folder '\(staging.path)'") { try cleaning.get() }
    }

    private func write(in staging: URL, _ tools: BundleTools) throws {
        let top = staging.appendingPathComponent(name)
        let content = try Content(of: executables, in: top, tools)
        for folder in resources { try content.add(resources: folder, tools) }
        try content.writeTexts(archiveName: name, tools)

        let packed = staging.appendingPathComponent("packed")
        let compression =
            format.command.isEmpty ? [] : ["--use-compress-program", format.command.joined(separator: " ")]
        try tools.run(
            "tar",
            [
                "--create", "--file", packed.path, "--force-local", "--format=gnu", "--sort=name", "--mtime=@0",
                "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX", "--directory", staging.path,
            ] + compression + ["--", name], for: "pack '\(archive.path)'")
        try attempt("write '\(archive.path)'") {
            let file = try FileHandle(forUpdating: packed)
            try file.synchronize()
            try file.close()
        }
        guard rename(packed.path, archive.path) == 0 else {
            throw BundleError("cannot name the archive '\(archive.path)': \(String(cString: strerror(errno)))")
        }
    }
}

/// The folder that is packed.
private struct Content {
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

/// The programs that a bundle is made with.
private struct BundleTools {
    private let paths: [String: String]
    /// Which objcopy is used.
    let objcopy: String

    /// - Parameter compressor: Its name, and the Debian package that it is in.
    init(compressor: (name: String, package: String)?) throws {
        var paths: [String: String] = [:]
        let needed = [
            ("tar", "tar"), ("cp", "coreutils"), ("sha256sum", "coreutils"), ("ldconfig", "libc-bin"),
        ]
        for (name, package) in needed + (compressor.map { [($0.name, $0.package)] } ?? []) {
            guard let path = Self.find(name) else { throw Self.missing(name, package) }
            paths[name] = path
        }
        // The toolchain's own knows what its linkers write, of any machine.
        let compiler = Self.find("swiftc").map { URL(fileURLWithPath: $0).resolvingSymlinksInPath() }
        let own = compiler.flatMap { Self.find("llvm-objcopy", in: [$0.deletingLastPathComponent().path]) }
        guard let path = own ?? Self.find("llvm-objcopy") ?? Self.find("objcopy") else {
            throw Self.missing("objcopy", "binutils")
        }
        objcopy = "objcopy"
        paths[objcopy] = path
        self.paths = paths
    }

    private static func missing(_ name: String, _ package: String) -> BundleError {
        BundleError(
            "cannot bundle without the program '\(name)', which is in no folder of PATH; install it "
                + "(apt-get install \(package))")
    }

    private static func find(_ name: String, in folders: [String]? = nil) -> String? {
        // ldconfig is where only the administrator's PATH leads to.
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let known = folders ?? path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
        return known.map { $0 + "/" + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    func run(_ name: String, _ arguments: [String], for purpose: String) throws {
        _ = try output(name, arguments, for: purpose)
    }

    /// Runs a program in the C locale, without the variables that change what packers do, and returns what it prints.
    func output(_ name: String, _ arguments: [String], in folder: URL? = nil, for purpose: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: paths[name] ?? name)
        process.arguments = arguments
        process.environment = ["LC_ALL": "C", "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        if let folder { process.currentDirectoryURL = folder }
        // One pipe for both, so that neither fills while the other is read.
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        let printed: Data
        do {
            try process.run()
            printed = try pipe.fileHandleForReading.readToEnd() ?? Data()
        } catch {
            throw BundleError("cannot \(purpose): cannot run '\(name)': \(BundleError.reason(error))")
        }
        process.waitUntilExit()
        let text = String(decoding: printed, as: UTF8.self)
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let end = process.terminationReason == .exit ? "status" : "signal"
            let said = text.split(separator: "\n").prefix(5).joined(separator: "; ")
            throw BundleError("cannot \(purpose): \(name) ended with \(end) \(process.terminationStatus): \(said)")
        }
        return text
    }
}

/// Why there is no bundle: what was done, with what, what is wrong, and where it can be told, what to do.
struct BundleError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// What Foundation has to say of an error of the system.
    static func reason(_ error: any Error) -> String {
        let cocoa = error as NSError
        if let below = cocoa.userInfo[NSUnderlyingErrorKey] as? NSError, below.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(below.code)))
        }
        return cocoa.localizedDescription
    }
}

/// Does something with files; what goes wrong is told with what was being done.
private func attempt<Value>(_ purpose: String, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as BundleError {
        throw error
    } catch {
        throw BundleError("cannot \(purpose): \(BundleError.reason(error))")
    }
}

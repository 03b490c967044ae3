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
        let content = try BundleContent(of: executables, in: top, tools)
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

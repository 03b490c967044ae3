import Foundation

/// A package whose functions are wrapped in spans: what is found in its sources, and the copy that is built.
struct InstrumentedPackage {
    /// The package as it is.
    let folder: URL
    /// Where copies go.
    let output: URL
    let options: Options

    private(set) var functions: [(file: String, function: FoundFunction)] = []
    /// `file:line:column: message`.
    private(set) var problems: [String] = []
    /// New contents by path from the package's folder on.
    private var contents: [String: [UInt8]] = [:]
    private(set) var targets: [PackageContents.Target] = []
    private(set) var executables: [String] = []

    var copy: URL { output.appendingPathComponent(folder.lastPathComponent) }

    init(_ folder: URL, output: URL, options: Options) throws {
        self.folder = folder.standardizedFileURL
        self.output = output.standardizedFileURL
        self.options = options
        guard FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) else {
            throw Failure("'\(folder.path)': there is no Package.swift; name the package with --package-path")
        }
    }

    /// Reads the sources and wraps what the filter wants.
    ///
    /// - Parameter refined: A filter that depends on what functions there are; nil: the first one stays.
    mutating func instrument(
        _ filter: FunctionFilter, refined: ([FoundFunction]) -> FunctionFilter?
    ) throws -> PackageContents {
        // Not from the copy, whose manifest is other: each change of that makes SwiftPM plan anew, and compile what has traits.
        let scratch = output.appendingPathComponent(".description/\(folder.lastPathComponent)")
        let described = try PackageContents(of: folder, scratch: scratch)
        targets = try described.wrapped(options)
        executables = described.products.filter(\.isExecutable).map(\.name)
        let compiler = try CompilerVersion.installed()
        var files: [(path: String, file: SourceFile)] = []
        for target in targets {
            for source in target.sources where source.hasSuffix(".swift") {
                let path = target.path.isEmpty ? source : "\(target.path)/\(source)"
                let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(path)))
                files.append((path, SourceFile(bytes, module: target.c99name, compiler: compiler)))
            }
        }
        let builders = files.reduce(into: Set<String>()) { $0.formUnion($1.file.resultBuilders) }
        func read(_ filter: FunctionFilter) -> [InstrumentedSource] {
            files.map { $0.file.instrumented(filter, resultBuilders: builders) }
        }
        var found = read(filter)
        if let filter = refined(found.flatMap(\.functions)) { found = read(filter) }
        for ((path, file), source) in zip(files, found) {
            functions += source.functions.map { (path, $0) }
            problems += source.errors.map { "\(folder.path)/\(path):\($0)" }
            contents[path] = text(of: source, file.bytes)
        }
        return described
    }

    /// The import stands at the end of the file, so that no line moves. nil: nothing was wrapped.
    private func text(of instrumented: InstrumentedSource, _ bytes: [UInt8]) -> [UInt8]? {
        var edits = instrumented.edits
        guard !edits.isEmpty else { return nil }
        edits.insert("\nimport struct Hoofprint.TraceSpan\n", at: bytes.count)
        return edits.applied(to: bytes) { options.action == .build ? $0 : InPlaceMark.open + $0 + InPlaceMark.close }
    }

    /// Paths and new contents of the files that have edits.
    var edited: [(path: String, contents: [UInt8])] { contents.map { ($0.key, $0.value) }.sorted { $0.path < $1.path } }

    /// Brings the copy up to date, with Hoofprint as a dependency, and with packages in the place of those of the same names.
    func writeCopy(recorder: RecorderSource, replacements: [URL]) throws {
        try writeCopy(others: .same) {
            try $0.recording(
                targets: targets, recorder: recorder, startsItself: options.startsItself, replacements: replacements)
        }
    }

    /// Brings the copy up to date as far as it takes to find what the package depends on.
    func writeDependingCopy() throws {
        try writeCopy(others: .any) { try $0.moved() }
    }

    private func writeCopy(others: FileTree.Contents, manifest: (Manifest) throws -> String) throws {
        try FileTree(source: folder, copy: copy).update { path in
            if let new = contents[path] { return .other(new) }
            let isManifest = path == "Package.swift" || (path.hasPrefix("Package@") && path.hasSuffix(".swift"))
            guard isManifest else { return others }
            let source = String(decoding: try Data(contentsOf: folder.appendingPathComponent(path)), as: UTF8.self)
            return .other(Array(try manifest(Manifest(source: source, folder: folder)).utf8))
        }
    }

    /// Makes the package with Hoofprint's core, beside the copies.
    static func makeCore(in output: URL, from hoofprint: URL) throws -> URL {
        let core = output.appendingPathComponent("hoofprint-core")
        for target in Manifest.coreTargets {
            try FileTree(
                source: hoofprint.appendingPathComponent("Sources/\(target)"),
                copy: core.appendingPathComponent("Sources/\(target)")
            ).update { _ in .same }
        }
        let manifest = core.appendingPathComponent("Package.swift")
        if (try? Data(contentsOf: manifest)) != Data(Manifest.core.utf8) {
            try Data(Manifest.core.utf8).write(to: manifest)
        }
        return core
    }
}

import Foundation

/// `instrument`: see ``Options/help``.
private struct Instrument {
    let options: Options
    let folder: URL
    let output: URL

    init(_ options: Options) {
        self.options = options
        folder = URL(fileURLWithPath: options.packagePath).standardizedFileURL.resolvingSymlinksInPath()
        output =
            options.output.map { URL(fileURLWithPath: $0).standardizedFileURL }
            ?? folder.appendingPathComponent(".build/instrumented")
    }

    func run() throws {
        if options.action == .remove { return try remove() }
        let selection = try options.report.map { try ReportSelection($0) }
        var package = try InstrumentedPackage(folder, output: output, options: options)
        let described = try package.instrument(options.filter) { functions in
            selection?.applied(to: options.filter, functions)
        }
        let packages = [package] + (try dependencies(of: package, selection))
        // The compiler says whether they are errors for it: it may know of features that are on trial.
        for problem in packages.flatMap(\.problems) { say("\(problem); the functions of this file are not wrapped") }
        switch options.action {
        case .list: try write(Listing(packages).text)
        case .diff: for package in packages { try diff(package) }
        case .writeInPlace: try writeInPlace(package)
        case .build, .remove, .help: try build(packages, described)
        }
    }

    /// Those of the package's dependencies that were asked for, and as they are those between them and the package: what names
    /// one of them must name its copy, since SwiftPM warns where a package comes from two places.
    private func dependencies(
        of package: InstrumentedPackage, _ selection: ReportSelection?
    ) throws -> [InstrumentedPackage] {
        guard !options.dependencies.isEmpty else { return [] }
        // In a place of their own: where a package is replaced, SwiftPM takes its sources away.
        let scratch = output.appendingPathComponent(".dependencies")
        try package.writeDependingCopy()
        let graph = try PackageGraph(of: package.copy, scratch: scratch)
        let folders = graph.folders
        if let place = folders.first(where: { PackageContents.isHoofprint(URL(fileURLWithPath: $0.value)) }) {
            throw Failure(
                "--with-dependencies: dependencies are given a Hoofprint of their own, and the package has '\(place.key)' already, "
                    + "itself or through another; take it out of Package.swift, and run Hoofprint's scripts/instrument")
        }
        var options = options
        // Of the package itself.
        options.targets = []
        options.startsItself = false
        func found(_ identity: String) throws -> InstrumentedPackage {
            guard let folder = folders[identity].map({ URL(fileURLWithPath: $0) }) else {
                let names = folders.keys.sorted().joined(separator: ", ")
                throw Failure("--with-dependencies '\(identity)': the package has no such dependency; it has: \(names)")
            }
            guard folder.lastPathComponent.lowercased() == identity else {
                throw Failure("--with-dependencies: '\(identity)' comes from a registry, which is not provided for")
            }
            return try InstrumentedPackage(folder, output: output, options: options)
        }
        var packages = try options.dependencies.sorted().map { identity in
            var dependency = try found(identity)
            _ = try dependency.instrument(options.filter) { selection?.applied(to: options.filter, $0) }
            return dependency
        }
        packages += try graph.users(of: options.dependencies).subtracting(options.dependencies).sorted().map(found)
        return packages
    }

    private func build(_ packages: [InstrumentedPackage], _ described: PackageContents) throws {
        let package = packages[0]
        let programs = package.executables.filter { options.products.isEmpty || options.products.contains($0) }
        if options.bundle != nil, programs.isEmpty {
            throw Failure("--bundle: the package makes no program, or --product names none")
        }
        let recorder: RecorderSource
        if !described.recorder.isEmpty {
            recorder = .own
        } else if let dependency = described.dependencies.first(where: { $0.isHoofprint(from: self.folder) }) {
            recorder = .dependency(dependency.identity)
        } else {
            guard let hoofprint = ProcessInfo.processInfo.environment["HOOFPRINT_SOURCES"] else {
                throw Failure("HOOFPRINT_SOURCES does not say where Hoofprint's sources are; run scripts/instrument")
            }
            recorder = .core(
                try InstrumentedPackage.makeCore(in: output, from: URL(fileURLWithPath: hoofprint)))
        }
        if case .own = recorder, packages.count > 1 {
            throw Failure("--with-dependencies: what Hoofprint's own package depends on cannot depend on Hoofprint")
        }
        let replacements = packages.dropFirst().map(\.copy)
        for package in packages { try package.writeCopy(recorder: recorder, replacements: replacements) }
        if !options.isQuiet { say(Listing(packages).summary) }
        var command = [
            "swift", "build", "--package-path", package.copy.path, "-c", options.configuration,
        ]
        // Debug information names the user's own files.
        for package in packages {
            command += ["-Xswiftc", "-debug-prefix-map", "-Xswiftc", "\(package.copy.path)=\(package.folder.path)"]
        }
        if !options.variables.isEmpty {
            command += ["-Xcc", "-DHP_AUTOSTART_DEFAULTS=\"\(options.variables.joined(separator: "\\n"))\""]
        }
        if options.bundle != nil { command += ["-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../lib"] }
        let products = options.products.isEmpty ? [[]] : options.products.map { ["--product", $0] }
        do {
            for product in products {
                try Command(command + product + options.buildArguments)
                    .run(replacing: packages.map { ($0.copy.path + "/", $0.folder.path + "/") })
            }
        } catch {
            guard case .core(let core) = recorder,
                let resolved = ResolvedPackages(in: package.copy.appendingPathComponent(".build")),
                let other = resolved.hoofprint(otherThan: core.lastPathComponent)
            else { throw error }
            throw Failure(
                "a package that this one depends on brings Hoofprint ('\(other)') along; name it among the dependencies in "
                    + "Package.swift, too: one program cannot have two of it")
        }
        command += options.buildArguments.filter { $0 != "--build-tests" } + ["--show-bin-path"]
        let built = String(decoding: try Command(command).output(), as: UTF8.self).trimmingCharacters(
            in: .whitespacesAndNewlines)
        guard let archive = options.bundle else {
            return try write(
                (programs.isEmpty ? [built] : programs.map { "\(built)/\($0)" }).map { $0 + "\n" }.joined())
        }
        let folder = URL(fileURLWithPath: built)
        let resources = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "resources" }
        try Bundle(
            executables: programs.map { folder.appendingPathComponent($0) }, resources: resources,
            to: URL(fileURLWithPath: archive)
        ).write()
        try write(archive + "\n")
    }

    private func diff(_ package: InstrumentedPackage) throws {
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        for (path, contents) in package.edited {
            let new = output.appendingPathComponent("edited.swift")
            try Data(contents).write(to: new)
            let old = package.folder.appendingPathComponent(path).path
            let text = try Command([
                "diff", "-u", "--label", "a/\(path)", "--label", "b/\(path)", old, new.path,
            ]).output(statuses: [0, 1])
            try FileHandle.standardOutput.write(contentsOf: text)
            try FileManager.default.removeItem(at: new)
        }
    }

    private func writeInPlace(_ package: InstrumentedPackage) throws {
        for (path, contents) in package.edited {
            try Data(contents).write(to: folder.appendingPathComponent(path), options: .atomic)
        }
        if !options.isQuiet { say(Listing([package]).summary) }
    }

    private func remove() throws {
        var count = 0
        guard
            let files = FileManager.default.enumerator(
                at: folder, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
        else { throw Failure("'\(folder.path)' cannot be read") }
        for case let file as URL in files where file.pathExtension == "swift" {
            let source = [UInt8](try Data(contentsOf: file))
            guard let plain = try InPlaceMark.removed(from: source, file: file.path) else { continue }
            try Data(plain).write(to: file, options: .atomic)
            count += 1
        }
        if !options.isQuiet { say("instrument: \(count) files are as they were") }
    }
}

private func write(_ text: String) throws {
    try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
}

private func say(_ line: String) {
    FileHandle.standardError.write(Data("\(line)\n".utf8))
}

do {
    let options = try Options(Array(CommandLine.arguments.dropFirst()))
    if options.action == .help {
        try write(Options.help + "\n")
    } else {
        try Instrument(options).run()
    }
} catch let error as UsageError {
    say("instrument: \(error)")
    exit(2)
} catch {
    say("instrument: \(error)")
    exit(1)
}

import Foundation
import TestSupport
import Testing

/// `scripts/instrument` on packages that depend on others.
@Suite struct DependencyTests {
    /// A package `app` that depends on `outer`, which depends on `inner`; these two are repositories with a version.
    private static func dependentPackage(toolsVersion: String) throws -> (TemporaryFolder, URL) {
        let folder = try TemporaryFolder()
        func make(_ name: String, _ product: String, uses other: String?, _ file: String, _ code: String) throws {
            let package = folder.url.appendingPathComponent(name)
            let sources = package.appendingPathComponent("Sources/\(name)")
            try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
            let repository = "file://\(folder.url.path)/\(other ?? "")"
            let dependency = other == nil ? "" : ".package(url: \"\(repository)\", from: \"1.0.0\")"
            let use = other.map { ".product(name: \"\($0)\", package: \"\($0)\")" } ?? ""
            let manifest = """
                // swift-tools-version:\(toolsVersion)
                import PackageDescription
                let package = Package(
                    name: "\(name)", products: [.\(product)(name: "\(name)", targets: ["\(name)"])],
                    dependencies: [\(dependency)],
                    targets: [.\(product == "library" ? "target" : "executableTarget")(name: "\(name)", dependencies: [\(use)])])
                """
            for (path, text) in ["Package.swift": manifest, "Sources/\(name)/\(file)": code, ".gitignore": ".build\n"] {
                try Data(text.utf8).write(to: package.appendingPathComponent(path))
            }
            let author = ["-c", "user.name=a", "-c", "user.email=a@b"]
            for command in [["init", "-q"], ["add", "-A"], author + ["commit", "-q", "-m", name], ["tag", "1.0.0"]] {
                #expect(try ProgramRun.run("git", ["-C", package.path] + command).status == 0)
            }
        }
        try make("inner", "library", uses: nil, "Inner.swift", "public func inner() -> Int { 1 }\n")
        try make(
            "outer", "library", uses: "inner", "Outer.swift", "import inner\npublic func outer() -> Int { inner() }\n")
        try make(
            "app", "executable", uses: "outer", "main.swift",
            "import outer\nfunc own() -> Int { outer() }\nprint(own())\n")
        return (folder, folder.url.appendingPathComponent("app"))
    }

    @Test(
        "--with-dependencies wraps dependencies, also those of dependencies, and no others",
        arguments: [("6.0", []), ("6.0", ["inner"]), ("5.5", ["inner"]), ("6.1", ["outer", "inner"])])
    func dependencies(toolsVersion: String, names: [String]) throws {
        let (folder, package) = try Self.dependentPackage(toolsVersion: toolsVersion)
        let options = names.flatMap { ["--with-dependencies", $0] }
        let run = try Instrumented.run(["--package-path", package.path, "--debug"] + options)
        #expect(run.status == 0, "\(run.error)")
        #expect(!run.error.contains("warning: "), "\(run.error)")
        let log = folder.url.appendingPathComponent("server.log")
        let program = run.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try ProgramRun.run(program, [], ["HOOFPRINT_SINK": "file:\(log.path)"]).output == "1\n")
        let recorded = Instrumented.Log([UInt8](try Data(contentsOf: log)))
        #expect(recorded.counts == ["own()": 1].merging(names.map { ("\($0)()", 1) }) { $1 })
        #expect(try ProgramRun.run("git", ["-C", package.path, "status", "--porcelain"]).output.isEmpty)
        let unknown = try Instrumented.run(["--package-path", package.path, "--with-dependencies", "none"])
        #expect(unknown.status == 1)
        #expect(unknown.error.contains("the package has no such dependency; it has: inner, outer"), "\(unknown.error)")
    }

    /// A package with a program that uses what `dependency`, a line of the manifest, brings as `product` of `name`.
    private static func user(
        of product: String, in name: String, dependency: String, _ main: String
    ) throws -> (TemporaryFolder, URL) {
        let folder = try TemporaryFolder()
        let package = folder.url.appendingPathComponent("user")
        let sources = package.appendingPathComponent("Sources/User")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        let manifest = """
            // swift-tools-version: 6.2
            import PackageDescription
            let package = Package(
                name: "user", platforms: [.macOS(.v15)], dependencies: [\(dependency)],
                targets: [
                    .executableTarget(
                        name: "User", dependencies: [.product(name: "\(product)", package: "\(name)")])
                ])
            """
        try Data(manifest.utf8).write(to: package.appendingPathComponent("Package.swift"))
        try Data(main.utf8).write(to: sources.appendingPathComponent("main.swift"))
        return (folder, package)
    }

    private static let hoofprint = ".package(name: \"hoofprint\", path: \"\(Instrumented.root.path)\", traits: [])"

    @Test(
        "a program that bootstraps Hoofprint itself is recorded once, and told only where its code and the environment differ",
        arguments: [
            ("", ""), ("HoofprintSystem.Configuration(mode: .every)", "instrument it with --no-start"),
        ])
    func ownBootstrap(configuration: String, message: String) throws {
        let (folder, package) = try Self.user(
            of: "Hoofprint", in: "hoofprint", dependency: Self.hoofprint,
            """
            import Hoofprint
            HoofprintSystem.bootstrap(\(configuration))
            func work() -> Int { span("by hand") { 7 } }
            print(work())
            HoofprintSystem.shutdown()
            """)
        let built = try Instrumented.run(["--package-path", package.path, "--debug"])
        try #require(built.status == 0, "\(built.error)")
        let log = folder.url.appendingPathComponent("log")
        let program = built.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let run = try ProgramRun.run(program, [], ["HOOFPRINT_SINK": "file:\(log.path)"])
        #expect(run.output == "7\n")
        #expect(message.isEmpty ? run.error.isEmpty : run.error.contains(message), "\(run.error)")
        let recorded = Instrumented.Log([UInt8](try Data(contentsOf: log)))
        #expect(recorded.counts == ["work()": 1, "by hand": 1])
    }

    @Test("a program cannot have two of Hoofprint, and is told how it has one")
    func dependsOnHoofprint() throws {
        let (folder, package) = try Self.user(
            of: "Hoofprint", in: "hoofprint", dependency: Self.hoofprint, "import Hoofprint\n")
        let identity = Instrumented.root.lastPathComponent.lowercased()
        let run = try Instrumented.run(["--package-path", package.path, "--with-dependencies", identity])
        #expect(run.status == 1)
        #expect(run.error.contains("the package has '\(identity)' already"), "\(run.error)")

        let middle = folder.url.appendingPathComponent("middle")
        let sources = middle.appendingPathComponent("Sources/Middle")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        let manifest = """
            // swift-tools-version: 6.2
            import PackageDescription
            let package = Package(
                name: "middle", platforms: [.macOS(.v15)], products: [.library(name: "Middle", targets: ["Middle"])],
                dependencies: [\(Self.hoofprint)],
                targets: [.target(name: "Middle", dependencies: [.product(name: "Hoofprint", package: "hoofprint")])])
            """
        try Data(manifest.utf8).write(to: middle.appendingPathComponent("Package.swift"))
        try Data("import Hoofprint\n".utf8).write(to: sources.appendingPathComponent("Middle.swift"))
        let (kept, outer) = try Self.user(
            of: "Middle", in: "middle", dependency: ".package(path: \"\(middle.path)\")", "func work() -> Int { 7 }\n")
        let build = try Instrumented.run(["--package-path", outer.path, "--debug"])
        #expect(build.status == 1)
        #expect(build.error.contains("brings Hoofprint ('\(identity)') along; name it among"), "\(build.error)")
        withExtendedLifetime((folder, kept)) {}
    }

    /// A registry with the package `inner` of a folder; it ends when `input` is closed.
    private static func registry(of folder: URL) throws -> (input: Pipe, port: String, version: String) {
        let process = Process(), input = Pipe(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let server = Instrumented.hardCases.deletingLastPathComponent().appendingPathComponent("registry.py")
        process.arguments = ["python3", server.path, folder.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // A line may come in pieces.
        var line = ""
        while !line.hasSuffix("\n") {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            line += String(decoding: piece, as: UTF8.self)
        }
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        try #require(words.count == 2, "\(line)")
        return (input, port: words[0], version: words[1])
    }

    @Test("--with-dependencies refuses what comes from a registry, which the package's own settings name")
    func registries() throws {
        let (inner, source) = try Self.dependentPackage(toolsVersion: "6.0")
        let (input, port, version) = try Self.registry(
            of: source.deletingLastPathComponent().appendingPathComponent("inner"))
        let (folder, package) = try Self.user(
            of: "inner", in: "hoofprint-tests.inner",
            dependency: ".package(id: \"hoofprint-tests.inner\", exact: \"\(version)\")",
            "import inner\nprint(inner())\n")
        let settings = package.appendingPathComponent(".swiftpm/configuration")
        try FileManager.default.createDirectory(at: settings, withIntermediateDirectories: true)
        let registries = #"{"[default]": {"url": "http://127.0.0.1:\#(port)", "supportsAvailability": false}}"#
        try Data(#"{"version": 1, "authentication": {}, "registries": \#(registries)}"#.utf8)
            .write(to: settings.appendingPathComponent("registries.json"))
        let run = try Instrumented.run(["--package-path", package.path, "--with-dependencies", "hoofprint-tests.inner"])
        #expect(run.status == 1)
        #expect(
            run.error.contains("'hoofprint-tests.inner' comes from a registry, which is not provided for"),
            "\(run.error)")
        try input.fileHandleForWriting.close()
        withExtendedLifetime((inner, folder)) {}
    }
}

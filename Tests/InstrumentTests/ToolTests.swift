import Foundation
import TestSupport
import Testing

/// `scripts/instrument` on small packages.
@Suite struct ToolTests {
    /// A package with one executable target.
    private static func package(_ sources: [String: String], named name: String = "small") throws -> (
        TemporaryFolder, URL
    ) {
        let folder = try TemporaryFolder()
        let package = folder.url.appendingPathComponent(name)
        let code = package.appendingPathComponent("Sources/Small")
        try FileManager.default.createDirectory(at: code, withIntermediateDirectories: true)
        try Data(
            """
            // swift-tools-version: 6.0
            import PackageDescription
            let small: Package = Package(name: "small", targets: [.executableTarget(name: "Small")])
            """.utf8
        ).write(to: package.appendingPathComponent("Package.swift"))
        for (file, text) in sources { try Data(text.utf8).write(to: code.appendingPathComponent(file)) }
        return (folder, package)
    }

    private static let main = """
        #!/usr/bin/env swift
        struct Store {
            func load(_ id: Int) -> Int { id + 1 }
            func save(_ id: Int) -> Int {
                let next = load(id)
                return next
            }
            public func describe() -> String { "store" }
            var size: Int { 3 }
        }
        print(Store().save(1), Store().describe(), Store().size)
        """

    private static func wrapped(_ run: ProgramRun) -> [String] {
        run.output.split(separator: "\n").filter { $0.hasSuffix(": wrapped") }
            .map { $0.components(separatedBy: ": ")[1] }
    }

    @Test(
        "filters choose by name, size and access",
        arguments: [
            ([], ["Store.load(_:)", "Store.save(_:)", "Store.describe()"]),
            (["--include", "load"], ["Store.load(_:)"]),
            (["--include", "Store.*", "--exclude", "Small.Store.?oad*"], ["Store.save(_:)", "Store.describe()"]),
            (["--min-statements=2"], ["Store.save(_:)"]),
            (["--public-only"], ["Store.describe()"]),
            (["--include", "size"], []),
            (["--accessors", "--include", "Store.size"], ["Store.size"]),
            (["--target", "Small", "--exclude", "*"], []),
        ] as [([String], [String])])
    func filters(options: [String], names: [String]) throws {
        let (folder, package) = try Self.package(["main.swift": Self.main])
        let run = try Instrumented.run(["--package-path", package.path, "--list"] + options)
        #expect(run.status == 0, "\(run.error)")
        #expect(Self.wrapped(run) == names)
        withExtendedLifetime(folder) {}
    }

    @Test("a build starts recording by itself, with the variables that are built in, and leaves the package as it was")
    func buildsAndRecords() throws {
        let (folder, package) = try Self.package(["main.swift": Self.main], named: "a folder, 'quoted'")
        for command in [["init", "-q"], ["add", "-A"]] {
            #expect(try ProgramRun.run("git", ["-C", package.path] + command).status == 0)
        }
        try Data(".build\n".utf8).write(to: package.appendingPathComponent(".gitignore"))
        let log = folder.url.appendingPathComponent("server.log")
        let run = try Instrumented.run([
            "--package-path", package.path, "--debug", "--set", "HOOFPRINT_SINK=file:\(log.path)",
        ])
        #expect(run.status == 0, "\(run.error)")
        let program = run.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try ProgramRun.run(program).output == "2 store 3\n")
        let recorded = Instrumented.Log([UInt8](try Data(contentsOf: log)))
        #expect(recorded.counts == ["Store.save(_:)": 1, "Store.load(_:)": 1, "Store.describe()": 1])
        let status = try ProgramRun.run("git", ["-C", package.path, "status", "--porcelain"])
        #expect(status.output == "A  Package.swift\nA  Sources/Small/main.swift\n?? .gitignore\n")
    }

    @Test("what the compiler says is about the user's own lines")
    func errorsPointAtTheUsersLines() throws {
        let (folder, package) = try Self.package([
            "main.swift": Self.main + "\nfunc wrong() -> Int {\n    return \"text\"\n}\n"
        ])
        let run = try Instrumented.run(["--package-path", package.path, "--debug"])
        #expect(run.status == 1)
        #expect(run.error.contains("\(package.path)/Sources/Small/main.swift:13:12: error: "), "\(run.error)")
        withExtendedLifetime(folder) {}
    }

    @Test("a source with syntax errors is named and left alone, and the others are wrapped")
    func syntaxErrorsAreReported() throws {
        let broken = "func broken( -> Int { 1 }\nfunc whole() -> Int { 2 }\n"
        let (folder, package) = try Self.package(["main.swift": Self.main, "Broken.swift": broken])
        let run = try Instrumented.run(["--package-path", package.path, "--list"])
        #expect(run.status == 0)
        let place = "\(package.path)/Sources/Small/Broken.swift:1:14: "
        #expect(run.error.contains(place), "\(run.error)")
        #expect(run.error.contains("; the functions of this file are not wrapped"))
        let build = try Instrumented.run(["--package-path", package.path, "--debug"])
        #expect(build.status == 1)
        #expect(build.error.contains(place + "error: "), "\(build.error)")
        #expect(run.output.contains("whole(): not wrapped: its file has syntax errors"))
        #expect(Self.wrapped(run) == ["Store.load(_:)", "Store.save(_:)", "Store.describe()"])
        withExtendedLifetime(folder) {}
    }

    @Test("what a source has for other compilers is read over, as the compiler does it")
    func otherCompilersParts() throws {
        let source = """
            struct Newer {
                #if compiler(>=99.1) && NEVER_SET
                var value: Int {
                    borrowed(by: .everybody) { &stored } handed
                }
                #elseif swift(<99)
                func present() -> Int { 1 }
                #else
                func past() -> Int { 1 ~~ }
                #endif

                #if !compiler(>=99.1)
                func kept() -> Int {
                    2
                        #if NEVER_SET
                        .byteSwapped
                        #endif
                }
                #else
                func gone( -> Int { 3 }
                #if NEVER_SET
                case } of
                #endif
                #endif
            }
            print(Newer().present(), Newer().kept())
            """
        let (folder, package) = try Self.package(["main.swift": source])
        let run = try Instrumented.run(["--package-path", package.path, "--list"])
        #expect(run.error.isEmpty, "\(run.error)")
        #expect(Self.wrapped(run) == ["Newer.present()", "Newer.kept()"])
        #expect(!run.output.contains("not wrapped: "), "\(run.output)")
        let built = try Instrumented.run(["--package-path", package.path, "--debug", "--set", "HOOFPRINT_SINK=none"])
        #expect(built.status == 0, "\(built.error)")
        #expect(try ProgramRun.run(built.output.trimmingCharacters(in: .whitespacesAndNewlines)).output == "1 2\n")
        withExtendedLifetime(folder) {}
    }

    @Test("--in-place writes to the package, and --remove takes away what it wrote and no more")
    func inPlaceIsUndone() throws {
        let crlf =
            "func carriage(_ value: Int) throws -> Int {\r\n  // {\r\n  try check(value)\r\n}\r\nfunc check(_ value: Int) throws -> Int { value }"
        let (folder, package) = try Self.package(["main.swift": Self.main, "Carriage.swift": crlf])
        let files = ["main.swift", "Carriage.swift"].map { package.appendingPathComponent("Sources/Small/\($0)") }
        #expect(try Instrumented.run(["--package-path", package.path, "--in-place", "--quiet"]).status == 0)
        let written = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        #expect(written[0].contains("TraceSpan.beginSync(\"Store.save(_:)\")"))
        #expect(written[1].contains("do {"))
        // The user goes on in between.
        try Data(written[0].replacingOccurrences(of: "id + 1", with: "id + 2").utf8).write(to: files[0])
        #expect(try Instrumented.run(["--package-path", package.path, "--remove", "--quiet"]).status == 0)
        #expect(
            try String(contentsOf: files[0], encoding: .utf8)
                == Self.main.replacingOccurrences(of: "id + 1", with: "id + 2"))
        #expect(try Data(contentsOf: files[1]) == Data(crlf.utf8))
        withExtendedLifetime(folder) {}
    }

    @Test("a report makes a second round: deeper below what is slow, and without what is cheap and hot")
    func secondRound() throws {
        let (folder, package) = try Self.package(["main.swift": Self.main])
        func function(_ name: String, _ count: Int, _ total: Int, _ share: Double) -> String {
            #"{"name":"\#(name)","count":\#(count),"total_ns":\#(total),"share":\#(share)}"#
        }
        let functions = [
            function("Store.save(_:)", 10, 9_000_000, 0.9), function("Store.describe()", 50_000, 5_000_000, 0.01),
        ]
        let report = folder.url.appendingPathComponent("report.json")
        try Data(#"{"version":1,"functions":[\#(functions.joined(separator: ","))]}"#.utf8).write(to: report)
        let options = ["--package-path", package.path, "--list", "--min-statements", "2"]
        #expect(Self.wrapped(try Instrumented.run(options)) == ["Store.save(_:)"])
        let second = try Instrumented.run(options + ["--from-report", report.path])
        #expect(Self.wrapped(second) == ["Store.load(_:)", "Store.save(_:)"])
        #expect(second.output.contains("Store.describe(): not wrapped: was cheap and called often"))
        let wrong = try Instrumented.run(options + ["--from-report", package.path + "/Package.swift"])
        #expect(wrong.status == 1)
        #expect(wrong.error.contains("this is no report; make one by trace-report --format json"))
    }

    @Test("a bundle holds the program and what it needs, and runs in a folder of its own")
    func bundles() throws {
        let (folder, package) = try Self.package(["main.swift": Self.main])
        let archive = folder.url.appendingPathComponent("small.tar.gz")
        let run = try Instrumented.run(["--package-path", package.path, "--debug", "--bundle", archive.path])
        #expect(run.status == 0, "\(run.error)")
        #expect(run.output == archive.path + "\n")
        let unpackedFolder = folder.url.appendingPathComponent("unpacked")
        try FileManager.default.createDirectory(at: unpackedFolder, withIntermediateDirectories: true)
        #expect(try ProgramRun.run("tar", ["-xzf", archive.path, "-C", unpackedFolder.path]).status == 0)
        let unpacked = unpackedFolder.appendingPathComponent("small")
        let started = try ProgramRun.run(unpacked.appendingPathComponent("start").path)
        #expect(started.output == "2 store 3\n", "\(started.error)")
        let log = Instrumented.Log([UInt8](try Data(contentsOf: unpacked.appendingPathComponent("Small.log"))))
        #expect(log.counts["Store.save(_:)"] == 1)
        let sums = try ProgramRun.run("sha256sum", ["-c", "--quiet", "MANIFEST"], in: unpacked)
        #expect(sums.status == 0, "\(sums.output)\(sums.error)")
        for name in ["symbols/Small.debug", "README", "lib/libswiftCore.so"] {
            #expect(FileManager.default.fileExists(atPath: unpacked.appendingPathComponent(name).path), "\(name)")
        }
    }

    @Test("--diff shows the edits and writes nothing")
    func diffShowsEdits() throws {
        let (folder, package) = try Self.package(["main.swift": Self.main])
        let run = try Instrumented.run(["--package-path", package.path, "--diff", "--include", "load"])
        #expect(run.status == 0)
        #expect(run.output.contains("--- a/Sources/Small/main.swift"))
        #expect(run.output.contains("+    func load(_ id: Int) -> Int {"))
        #expect(
            try String(contentsOf: package.appendingPathComponent("Sources/Small/main.swift"), encoding: .utf8)
                == Self.main)
        withExtendedLifetime(folder) {}
    }

    @Test(
        "a wrong command line is told, with the status 2",
        arguments: [
            (["--unknown"], "'--unknown' is not an option"), (["--min-statements", "none"], "from 1 to 1000"),
            (["--list", "--diff"], "give one of"), (["--target"], "needs a value"), (["--set", "A"], "NAME=VALUE"),
            (["--in-place", "--with-dependencies", "a"], "take --with-dependencies away"),
        ])
    func usageErrors(arguments: [String], text: String) throws {
        let run = try Instrumented.run(arguments)
        #expect(run.status == 2)
        #expect(run.error.contains(text), "\(run.error)")
    }

    @Test("what cannot be done is told, with the status 1")
    func failures() throws {
        let folder = try TemporaryFolder()
        let none = try Instrumented.run(["--package-path", folder.url.path])
        #expect(none.status == 1)
        #expect(none.error.contains("there is no Package.swift; name the package with --package-path"), "\(none.error)")
        let (kept, package) = try Self.package(["main.swift": Self.main])
        let target = try Instrumented.run(["--package-path", package.path, "--list", "--target", "Other"])
        #expect(target.status == 1)
        #expect(
            target.error.contains("--target 'Other': no target of this package that can be wrapped; those are: Small"))
        withExtendedLifetime(kept) {}
    }
}

import Foundation
import Testing

/// Builds a package that uses Hoofprint as the README says, in a folder of its own.
@Suite("A package that depends on Hoofprint", .serialized)
struct ConsumerTests {
    @Test("as the README says, it resolves this package alone, builds, and its log gives a ranking")
    func asInReadme() throws {
        let consumer = try Consumer()
        let graph = try consumer.run("swift", ["package", "show-dependencies", "--format", "json"])
        let root = try #require(try JSONSerialization.jsonObject(with: Data(graph.output.utf8)) as? [String: Any])
        let dependencies = try #require(root["dependencies"] as? [[String: Any]])
        #expect(dependencies.count == 1)
        #expect((dependencies.first?["dependencies"] as? [Any])?.isEmpty == true)
        let checkouts = consumer.folder.appendingPathComponent(".build/checkouts").path
        #expect((try? FileManager.default.contentsOfDirectory(atPath: checkouts)) ?? [] == [])

        let build = try consumer.run("swift", ["build"])
        #expect(build.status == 0, "\(build.output)\(build.error)")
        let program = try consumer.run(consumer.folder.appendingPathComponent(".build/debug/server").path, [])
        #expect(program.status == 0)
        let log = consumer.folder.appendingPathComponent("server.log")
        try program.error.write(to: log, atomically: true, encoding: .utf8)
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let report = try consumer.run(products.appendingPathComponent("trace-report").path, [log.path])
        #expect(report.status == 0)
        for name in ["POST /images", "image.decode", "image.store"] { #expect(report.output.contains(name)) }
    }
}

@Suite("The README")
struct ReadmeTests {
    @Test("names the variables that are read, and every command it names is there")
    func names() throws {
        let readme = try String(contentsOf: Consumer.repository.appendingPathComponent("README.md"), encoding: .utf8)
        let reader = try String(
            contentsOf: Consumer.repository.appendingPathComponent(
                "Sources/Hoofprint/Configuration/EnvironmentConfiguration.swift"), encoding: .utf8)
        func variables(_ text: String) -> Set<String> {
            Set(text.matches(of: /HOOFPRINT(_[A-Z]+)*/).map { String($0.output.0) })
        }
        #expect(variables(readme) == variables(reader))
        let commands = Set(readme.matches(of: /scripts\/[a-z]+/).map { String($0.output) })
        #expect(commands == ["scripts/demo", "scripts/test"])
        for command in commands {
            let path = Consumer.repository.appendingPathComponent(command).path
            #expect(FileManager.default.isExecutableFile(atPath: path))
        }
    }

    @Test("names test folders that are there")
    func folders() throws {
        let readme = try String(contentsOf: Consumer.repository.appendingPathComponent("README.md"), encoding: .utf8)
        let folders = Set(readme.matches(of: /`(Tests\/[A-Za-z]+)`/).map { String($0.output.1) })
        #expect(folders.count > 3)
        for folder in folders {
            #expect(FileManager.default.fileExists(atPath: Consumer.repository.appendingPathComponent(folder).path))
        }
    }
}

/// A package made for a test.
struct Consumer {
    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    let folder: URL
    private let cleaner: Cleaner

    /// Makes the README's package, with this one beside it.
    init() throws {
        let parent = FileManager.default.temporaryDirectory
            .appendingPathComponent("hoofprint-consumer-\(UUID().uuidString)")
        cleaner = Cleaner(folder: parent)
        folder = parent.appendingPathComponent("server")
        let sources = folder.appendingPathComponent("Sources/server")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: parent.appendingPathComponent("hoofprint"), withDestinationURL: Self.repository)
        try Readme.code(containing: "import PackageDescription")
            .write(to: folder.appendingPathComponent("Package.swift"), atomically: true, encoding: .utf8)
        try Readme.code(containing: "HoofprintSystem.bootstrap")
            .write(to: sources.appendingPathComponent("main.swift"), atomically: true, encoding: .utf8)
    }

    /// Runs a command in the package's folder.
    func run(_ command: String, _ arguments: [String]) throws -> (status: Int32, output: String, error: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("HOOFPRINT") }
        let outputs = ["out", "err"].map { folder.appendingPathComponent($0) }
        for output in outputs { try Data().write(to: output) }
        process.standardOutput = try FileHandle(forWritingTo: outputs[0])
        process.standardError = try FileHandle(forWritingTo: outputs[1])
        try process.run()
        process.waitUntilExit()
        let texts = try outputs.map { try String(contentsOf: $0, encoding: .utf8) }
        return (process.terminationStatus, texts[0], texts[1])
    }

    private final class Cleaner {
        let folder: URL
        init(folder: URL) { self.folder = folder }
        // What cannot be removed is left to the system's own cleaning of its folder for temporary files.
        deinit { _ = try? FileManager.default.removeItem(at: folder) }
    }
}

/// The README's code, as it stands there.
enum Readme {
    struct Missing: Error {
        let what: String
    }

    /// The Swift block that holds `text`.
    static func code(containing text: String) throws -> String {
        let readme = try String(
            contentsOf: Consumer.repository.appendingPathComponent("README.md"), encoding: .utf8)
        let blocks = readme.components(separatedBy: "```").enumerated().filter { !$0.offset.isMultiple(of: 2) }
            .map(\.element)
        guard let block = blocks.first(where: { $0.hasPrefix("swift\n") && $0.contains(text) }) else {
            throw Missing(what: "a Swift block with \(text)")
        }
        return String(block.dropFirst("swift\n".count))
    }
}

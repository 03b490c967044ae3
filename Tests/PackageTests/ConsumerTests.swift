import Foundation
import Testing

/// Builds a package that uses Hoofprint as the README says, in a folder of its own.
@Suite("A package that depends on Hoofprint", .serialized)
struct ConsumerTests {
    @Test("with traits: [] it resolves this package alone, builds, and logs")
    func withoutTraits() throws {
        let consumer = try Consumer(
            dependency: ".package(path: \"\(Consumer.repository.path)\", traits: [])", main: try Readme.program())
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
        #expect(program.error.contains("~hp1 callsite "))
        #expect(program.error.contains(" name=image.decode "))
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

    init(dependency: String, main: String) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "hoofprint-consumer-\(UUID().uuidString)")
        cleaner = Cleaner(folder: folder)
        let sources = folder.appendingPathComponent("Sources/server")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        let name = Self.repository.lastPathComponent
        let manifest = """
            // swift-tools-version: 6.2
            import PackageDescription
            let package = Package(
                name: "server",
                dependencies: [\(dependency)],
                targets: [
                    .executableTarget(
                        name: "server", dependencies: [.product(name: "Hoofprint", package: "\(name)")])
                ])
            """
        try manifest.write(to: folder.appendingPathComponent("Package.swift"), atomically: true, encoding: .utf8)
        try main.write(to: sources.appendingPathComponent("main.swift"), atomically: true, encoding: .utf8)
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

    /// The program of the section "Wrap".
    static func program() throws -> String {
        let readme = try String(
            contentsOf: Consumer.repository.appendingPathComponent("README.md"), encoding: .utf8)
        let blocks = readme.components(separatedBy: "```").enumerated().filter { !$0.offset.isMultiple(of: 2) }
            .map(\.element)
        guard let program = blocks.first(where: { $0.hasPrefix("swift\n") && $0.contains("HoofprintSystem.bootstrap") })
        else { throw Missing(what: "a Swift block with HoofprintSystem.bootstrap") }
        return String(program.dropFirst("swift\n".count))
    }
}

import Foundation
import TestSupport
import Testing

/// Builds a package that uses Hoofprint as the README says, in a folder of its own.
@Suite("A package that depends on Hoofprint", .serialized)
struct ConsumerTests {
    @Test(
        "as the README says, it resolves this package alone, builds, and its log gives a ranking; what the articles show runs"
    )
    func asInReadme() throws {
        let consumer = try Consumer()
        let examples = try Article.all().compactMap(\.example)
        // One for each plug-in protocol at least.
        #expect(examples.count >= 3)
        for example in examples { try consumer.add(example) }
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
        let report = try consumer.run(productsFolder.appendingPathComponent("trace-report").path, [log.path])
        #expect(report.status == 0)
        for name in ["POST /images", "image.decode", "image.store"] { #expect(report.output.contains(name)) }
        for example in examples { try check(example, in: consumer) }
    }

    /// Runs an article's example, which must print what the article says.
    private func check(_ example: Article.Example, in consumer: Consumer) throws {
        let program = try consumer.run(consumer.folder.appendingPathComponent(".build/debug/\(example.name)").path, [])
        #expect(program.status == 0, "\(example.name): \(program.error)")
        if let output = example.output { #expect(program.output == output, "\(example.name)") }
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
        let commands = Set(readme.matches(of: /(scripts|Benchmarks\/peers)\/[a-z0-9-]+/).map { String($0.output.0) })
        #expect(commands.isSuperset(of: ["scripts/demo", "scripts/test", "Benchmarks/peers/run"]))
        for command in commands {
            let path = Consumer.repository.appendingPathComponent(command).path
            #expect(FileManager.default.isExecutableFile(atPath: path))
        }
        for product in readme.matches(of: /--package-path Benchmarks -c release ([a-z-]+)/).map({ $0.output.1 }) {
            let folder = Consumer.repository.appendingPathComponent("Benchmarks/Sources/\(product)").path
            #expect(FileManager.default.fileExists(atPath: folder))
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
    private let parent: TemporaryFolder

    /// Makes the README's package, with this one beside it.
    init() throws {
        parent = try TemporaryFolder()
        folder = parent.url.appendingPathComponent("server")
        let sources = folder.appendingPathComponent("Sources/server")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: parent.url.appendingPathComponent("hoofprint"), withDestinationURL: Self.repository)
        try Readme.code(containing: "import PackageDescription")
            .write(to: folder.appendingPathComponent("Package.swift"), atomically: true, encoding: .utf8)
        try Readme.code(containing: "HoofprintSystem.bootstrap")
            .write(to: sources.appendingPathComponent("main.swift"), atomically: true, encoding: .utf8)
    }

    /// Adds a program of an article's code to the package.
    func add(_ example: Article.Example) throws {
        let sources = folder.appendingPathComponent("Sources/\(example.name)")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        try example.code.write(to: sources.appendingPathComponent("main.swift"), atomically: true, encoding: .utf8)
        let manifest = folder.appendingPathComponent("Package.swift")
        let target = """

            package.targets.append(
                .executableTarget(
                    name: "\(example.name)", dependencies: [.product(name: "Hoofprint", package: "hoofprint")]))

            """
        try (String(contentsOf: manifest, encoding: .utf8) + target)
            .write(to: manifest, atomically: true, encoding: .utf8)
    }

    /// Runs a command in the package's folder.
    func run(_ command: String, _ arguments: [String]) throws -> ProgramRun {
        try .run(command, arguments, in: folder)
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
        guard let block = CodeBlock.all(in: readme).first(where: { $0.language == "swift" && $0.code.contains(text) })
        else { throw Missing(what: "a Swift block with \(text)") }
        return block.code
    }
}

/// An article of the module's documentation.
struct Article {
    /// A whole program that an article shows, and what the article says it prints, if it does.
    struct Example {
        let name: String
        let code: String
        let output: String?
    }

    let name: String
    let text: String

    /// All articles of Hoofprint, the landing page with them.
    static func all() throws -> [Article] {
        let folder = Consumer.repository.appendingPathComponent("Sources/Hoofprint/Hoofprint.docc")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "md" }.sorted { $0.path < $1.path }
            .map {
                Article(
                    name: $0.deletingPathExtension().lastPathComponent,
                    text: try String(contentsOf: $0, encoding: .utf8))
            }
    }

    /// The first Swift block that imports the module, and the first text block; nil: there is none, or the page makes a package
    /// of several files, which `scripts/check-docs` builds.
    var example: Example? {
        guard !text.contains("<!-- file: ") else { return nil }
        let blocks = CodeBlock.all(in: text)
        let program = blocks.first { $0.language == "swift" && $0.code.hasPrefix("import Hoofprint\n") }
        let output = blocks.first { $0.language == "text" }
        return program.map { Example(name: "\(name)Example", code: $0.code, output: output?.code) }
    }
}

/// A fenced block of Markdown.
struct CodeBlock {
    let language: String
    let code: String

    static func all(in markdown: String) -> [CodeBlock] {
        markdown.components(separatedBy: "```").enumerated().filter { !$0.offset.isMultiple(of: 2) }.map { block in
            let parts = block.element.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            return CodeBlock(language: String(parts[0]), code: String(parts.last ?? ""))
        }
    }
}

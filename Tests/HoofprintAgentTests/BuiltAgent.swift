import Foundation
import TestSupport
import Testing

/// The agent as it is given away, built once for all tests.
struct BuiltAgent {
    let library: URL
    let launcher: URL

    /// Builds it, or takes what the last build left where nothing has changed since.
    static let result = Result { try BuiltAgent() }

    private init() throws {
        // A build within `swift test` must not wait for that one's folder.
        let build = try ProgramRun.run("bash", [Repository.file("scripts/build-agent").path, ".build-agent"])
        try #require(build.status == 0, "\(build.output)\(build.error)")
        let paths = build.output.matches(of: /build-agent: (\/.*)/).map { URL(fileURLWithPath: String($0.output.1)) }
        library = try #require(paths.first { $0.lastPathComponent == "libHoofprintAgent.so" })
        launcher = try #require(paths.first { $0.lastPathComponent == "hoofprint-agent" })
    }
}

/// Files of the repository.
enum Repository {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func file(_ path: String) -> URL { folder.appendingPathComponent(path) }
}

/// The programs in the folder Programs, each compiled once.
struct SampledPrograms {
    static let result = Result { try SampledPrograms() }

    private let folder: TemporaryFolder

    /// Compiles them; some are made of the same source in two ways.
    private init() throws {
        folder = try TemporaryFolder()
        let programs = Repository.file("Tests/HoofprintAgentTests/Programs")
        let c = ["clang", "-O1", "-g0"], swift = ["swiftc", "-O", "-parse-as-library"]
        let builds: [(String, String, [String])] = [
            ("busy", "busy.c", c), ("busy-static", "busy.c", c + ["-static"]), ("handling", "handling.c", c),
            ("profiled", "profiled.c", c), ("forking", "forking.c", c), ("nothing", "nothing.c", c),
            ("throwing", "throwing.cpp", ["clang++", "-O1", "-pthread"]),
            ("tasks", "tasks.swift", swift), ("tasks-with-runtime", "tasks.swift", swift + ["-static-stdlib"]),
        ]
        for (name, source, command) in builds {
            let arguments = command.dropFirst() + [programs.appendingPathComponent(source).path, "-o", path(name)]
            let build = try ProgramRun.run(command[0], Array(arguments))
            try #require(build.status == 0, "\(name): \(build.error)")
        }
    }

    func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }
}

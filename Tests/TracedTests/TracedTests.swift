import Foundation
import Testing

/// The scenario's functions are checked there to answer as they would untraced; here is what was recorded of them.
@Suite("Traced functions")
struct TracedTests {
    /// Calls and errors by path.
    private static let expected: [String: (count: UInt64, errors: UInt64)] = [
        "nothing()": (1, 0),
        // Two of them in child tasks, whose parent is the span outside the task's tokens: here none.
        "statements()": (3, 0),
        "a \"named\" \\ one": (1, 0),
        "implicit(_:)": (1, 0),
        "conditional(_:)": (1, 0),
        "chosen(_:)": (2, 1),
        "throwing(_:)": (1, 0),
        "handled()": (1, 0),
        "handled() > throwing(_:)": (1, 1),
        "typed(_:)": (3, 2),
        "rethrowing(_:)": (2, 1),
        "generic(_:_:)": (2, 1),
        "changing(_:by:)": (1, 0),
        "opaque(_:)": (1, 0),
        "consuming(_:)": (1, 0),
        "outer()": (1, 0),
        "outer() > statements()": (1, 0),
        "outer() > written": (1, 0),
        // Recursion is one path, in which the inner calls count as folded.
        "asynchronous(_:)": (3, 0),
        "asynchronous(_:) > statements()": (1, 0),
        "failing()": (1, 1),
        "concurrent()": (1, 0),
        "gathered()": (1, 0),
        "gathered() > parts": (1, 0),
        "gathered() > parts > statements()": (2, 0),
        "isolated()": (1, 0),
        "nonsending()": (1, 0),
        "attributed(_:by:note:size:other:)": (2, 0),
        "keyword(in:)": (1, 0),
        "Point.init(_:)": (3, 0),
        "Point.init(_:) > Point.init(x:y:)": (3, 0),
        "Point.init(checked:)": (2, 1),
        "Point.init(text:)": (2, 0),
        "Point.Inner.make()": (1, 0),
        "Point.Inner.make() > Point.init(_:)": (1, 0),
        "Point.Inner.make() > Point.init(_:) > Point.init(x:y:)": (1, 0),
        "Point.+(_:_:)": (1, 0),
        "Point.+(_:_:) > Point.init(x:y:)": (1, 0),
        "Point.callAsFunction(_:)": (1, 0),
        "Point.reset()": (1, 0),
        "Point.reset() > Point.init(x:y:)": (1, 0),
        "Base.init(text:)": (1, 1),
        "Base.init(text:) > Base.init(number:)": (1, 1),
        "Derived.init(number:)": (1, 0),
        "Derived.init(number:) > Base.init(number:)": (1, 0),
        "Derived.overridden()": (1, 0),
        "Derived.overridden() > Base.overridden()": (1, 0),
        "Base.deinit": (1, 0),
        "Base.deinit > nothing()": (1, 0),
        "Account.init(owner:)": (1, 0),
        "Account.init(fetching:)": (1, 0),
        "Account.greeting()": (1, 0),
        "Account.deposit(_:)": (2, 1),
        "Account.spend(_:)": (1, 0),
        "Members.init(number:)": (1, 0),
        "Members.load(id:)": (1, 0),
        "Members.load(id:) > Members.more(_:token:)": (1, 0),
        "renamed": (1, 0),
        "Members.built()": (1, 1),
    ]

    @Test("of every kind are recorded as often as they were called, below their callers, with their errors")
    func counts() throws {
        let log = try TracedLog(mode: "aggregate", attributes: "off")
        #expect(log.status == 0)
        #expect(Set(log.paths.keys).symmetricDifference(Self.expected.keys) == [])
        for (name, expected) in Self.expected {
            let path = try #require(log.paths[name], "\(name)")
            #expect(path.count == expected.count, "\(name)")
            #expect(path.errors == expected.errors, "\(name)")
            #expect(path.errorTypes == (expected.errors > 0 ? ["hoofprint_traced_scenario.Refusal"] : []), "\(name)")
        }
    }

    @Test("have the file, the line and the name of the function")
    func places() throws {
        let log = try TracedLog(mode: "aggregate", attributes: "off")
        let sources = try ["Functions", "Types"].map { name in
            (file: "hoofprint_traced_scenario/\(name).swift", lines: try Source.lines("TracedScenario/\(name).swift"))
        }
        #expect(!log.paths.isEmpty)
        for (name, path) in log.paths {
            let lines = try #require(sources.first { $0.file == path.file }?.lines, "\(name)")
            let line = try #require(lines.indices.contains(Int(path.line) - 1) ? lines[Int(path.line) - 1] : nil)
            let base = path.function.prefix { $0 != "(" }
            #expect(line.contains(base == "init" || base == "deinit" ? base : "func \(base)"), "\(name): \(line)")
        }
    }

    @Test("write the arguments they are told to, and a mark in place of those that are redacted")
    func attributes() throws {
        let all = try TracedLog(mode: "every", attributes: "all").attributes
        #expect(
            all["attributed(_:by:note:size:other:)"] == [
                ["id": "1", "owner": "(redacted)", "size": "1.5"],
                ["id": "2", "owner": "(redacted)", "size": "2.5", "note": "noted"],
            ])
        #expect(all["keyword(in:)"] == [["in": "true"]])
        #expect(all["Members.load(id:)"] == [["id": "3"]])
        // The key names a secret.
        #expect(all["Members.more(_:token:)"] == [["id": "3", "token": "(redacted)"]])
        #expect(all["Members.init(number:)"] == [[:]])
        let one = try TracedLog(mode: "every", attributes: "id").attributes
        #expect(one["attributed(_:by:note:size:other:)"] == [["id": "1"], ["id": "2"]])
        #expect(one["keyword(in:)"] == [[:]])
        let none = try TracedLog(mode: "every", attributes: "off").attributes
        #expect(none["attributed(_:by:note:size:other:)"] == [[:], [:]])
    }

    @Test("have their lines where the source has them, for who reads a crash report")
    func lines() throws {
        let run = try Run(
            TracedLog.products.appendingPathComponent("hoofprint-traced-scenario"), ["crash"],
            ["HOOFPRINT": "off", "SWIFT_BACKTRACE": "enable=yes,color=no,interactive=no,symbolicate=full"])
        #expect(run.status != 0)
        let lines = try Source.lines("TracedScenario/Functions.swift")
        let line = try #require(lines.firstIndex { $0.contains("fatalError(\"as wanted\")") }) + 1
        let report = String(decoding: run.standardError, as: UTF8.self)
        #expect(report.contains("Functions.swift:\(line):5"), "\(report)")
    }
}

@Suite("Where a function cannot be traced, the compiler")
struct RefusalTests {
    @Test("says so and why, where it is written; and keeps its own messages at their lines")
    func messages() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("hoofprint-traced-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { _ = try? FileManager.default.removeItem(at: folder) }
        let source = folder.appendingPathComponent("Refused.swift")
        let lines = try Source.lines("TracedTests/Refused.swift.txt")
        try lines.joined(separator: "\n").write(to: source, atomically: true, encoding: .utf8)
        let products = TracedLog.products
        let run = try Run(
            URL(fileURLWithPath: "/usr/bin/env"),
            [
                "swiftc", "-typecheck", "-swift-version", "6", "-diagnostic-style", "llvm",
                "-module-cache-path", folder.appendingPathComponent("modules").path,
                "-I", products.appendingPathComponent("Modules").path,
                "-Xcc",
                "-fmodule-map-file=\(products.appendingPathComponent("CHoofprint.build/module.modulemap").path)",
                "-load-plugin-executable", "\(products.appendingPathComponent("TracedMacros-tool").path)#TracedMacros",
                source.path,
            ])
        let said = String(decoding: run.standardError, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.wholeMatch(of: /.*Refused\.swift:(\d+):\d+: (error|note): (.*?)( \(from macro .*)?/).map { match in
                "\(match.output.1) \(match.output.2): \(match.output.3)"
            }
        }.filter { !$0.contains(" note: in expansion of") && !$0.contains(" note: expanded code") }
        let expected = lines.enumerated().flatMap { number, line in
            line.split(separator: "// ").dropFirst().map { "\(number + 1) \($0.trimmingCharacters(in: .whitespaces))" }
        }
        #expect(run.status != 0)
        #expect(expected.count > 15)
        #expect(Set(said).symmetricDifference(expected).sorted() == [])
    }
}

/// A source file of the tests.
enum Source {
    static func lines(_ path: String) throws -> [String] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: tests.appendingPathComponent(path), encoding: .utf8).components(separatedBy: "\n")
    }
}

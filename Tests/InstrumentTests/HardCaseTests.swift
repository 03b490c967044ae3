import Foundation
import TestSupport
import Testing
import TraceLog

/// Functions that are easily broken by what is put into them, in a package whose warnings are errors.
@Suite struct HardCaseTests {
    @Test("the hard cases do and print the same with spans in them")
    func printsTheSame() throws {
        let built = try Instrumented.built.get()
        #expect(built.plain.status == 0)
        #expect(built.instrumented.status == 0)
        #expect(!built.plain.output.isEmpty)
        #expect(built.instrumented.output == built.plain.output)
    }

    /// Name, and how often it is called.
    private static let wrapped: [(String, UInt64)] = [
        ("Values.typed(_:)", 5), ("Values.untyped(_:)", 2), ("Values.handled(_:)", 2), ("Values.mapped(_:)", 1),
        ("Values.rethrown(_:)", 1), ("Values.caught(_:)", 1), ("Values.lazily(_:)", 1), ("Values.change(_:)", 1),
        ("Values.opaque()", 1),
        ("Values.opaqueLong()", 1), ("Values.chosen(_:)", 1), ("Values.switched(_:)", 1), ("Values.returned(_:)", 1),
        ("Values.conditional()", 1), ("Values.conditionalStatement()", 1), ("Values.braces()", 1), ("Values.raw()", 1),
        ("Values.long()", 1), ("Values.+(_:_:)", 1), ("Values.-(_:)", 1), ("Values.init(text:)", 2),
        ("Values.init(checked:)", 1), ("Values.nested()", 1), ("Values.nested().inner(_:)", 1),
        ("Values.nested().Local.method()", 1), ("Values.deferred(_:)", 1), ("Values.default()", 1),
        ("Values.endsInstead(_:)", 1), ("Values.subscript(index:).get", 1), ("Values.subscript(index:).set", 1),
        ("Values.failing.get", 1), ("Values.stored.didSet", 3), ("Values.stored.willSet", 3),
        ("Handle.peek()", 1), ("Handle.close()", 1), ("Handle.deinit", 1), ("pass(_:)", 1), ("look(at:)", 1),
        ("open(_:)", 2),
        ("Base.init(value:)", 2), ("Base.init()", 1), ("Base.deinit", 2), ("Derived.init(more:)", 1),
        ("Derived.described()", 1), ("carriage(_:)", 1), ("Helper.usable(_:)", 1), ("Helper.plain()", 1),
        ("Counter.add(_:)", 2), ("Counter.name()", 1), ("Counter.slowly()", 1), ("on(_:)", 1), ("onMain()", 1),
        ("nonsending()", 3), ("concurrently()", 3), ("inherits(isolation:)", 1), ("both()", 2), ("grouped()", 1),
        ("failing()", 1), ("swap(_:with:)", 1),
        ("Watched.raise()", 1), ("Watched.noted.didSet", 1), ("Depth.deeper()", 1), ("large(of:)", 1),
    ]

    @Test("is wrapped, and counted as often as it is called", arguments: wrapped)
    func isCounted(name: String, count: UInt64) throws {
        let built = try Instrumented.built.get()
        #expect(built.listed[name] == "wrapped")
        #expect(built.log.counts[name] == count)
    }

    /// Name, and a word of the reason.
    private static let left: [(String, String)] = [
        ("Values.built()", "result builder"), ("Values.ends()", "never returns"), ("Values.empty()", "does nothing"),
        ("Values.projected._read", "coroutine"), ("Values.projected._modify", "coroutine"),
        ("Helper.inlinable(_:)", "inlined"), ("Helper.transparent(_:)", "inlined"),
        ("Helper.alwaysInlined()", "inlined"),
    ]

    @Test("is left alone, and it is said why", arguments: left)
    func isLeft(name: String, reason: String) throws {
        let built = try Instrumented.built.get()
        let line = try #require(built.listed[name])
        #expect(line.hasPrefix("not wrapped: ") && line.contains(reason), "\(line)")
        #expect(built.log.counts[name] == nil)
    }

    @Test("what a macro adds is no function of the package")
    func macrosFunctionsAreNot() throws {
        let built = try Instrumented.built.get()
        #expect(built.listed["Watched.access(keyPath:)"] == nil)
        #expect(built.log.counts["Watched.access(keyPath:)"] == nil)
    }

    @Test(
        "what leaves by an error is counted as one",
        arguments: [
            ("Values.typed(_:)", 3), ("Values.untyped(_:)", 1), ("Values.handled(_:)", 0), ("failing()", 1),
            ("Values.init(checked:)", 1), ("Values.failing.get", 1),
        ])
    func errorsAreCounted(name: String, errors: UInt64) throws {
        #expect(try Instrumented.built.get().log.errors[name] == errors)
    }

    @Test(
        "a callsite has the line and the file of its function",
        arguments: [
            ("Values.typed(_:)", "HardCases/Values.swift", "func typed("),
            ("carriage(_:)", "HardCases/Carriage.swift", "func carriage("),
            ("Counter.slowly()", "HardCases/Concurrency.swift", "func slowly("),
        ])
    func callsitesAreExact(name: String, file: String, text: String) throws {
        let callsite = try #require(try Instrumented.built.get().log.callsites[name])
        #expect(callsite.file == file)
        let source = try String(
            contentsOf: Instrumented.hardCases.appendingPathComponent("Sources/\(file)"), encoding: .utf8)
        let lines = source.components(separatedBy: CharacterSet(charactersIn: "\n"))
        let first = try #require(lines.firstIndex { $0.contains(text) })
        // The line of the brace: where parameters take lines of their own it is a later one.
        let brace = try #require(lines[first...].firstIndex { $0.contains("{") })
        #expect(Int(callsite.line) == brace + 1)
    }
}

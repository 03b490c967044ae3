import Testing
import TraceLog
import TraceReport

@Suite("Reading logs")
struct ReadingTests {
    private static let tree: [[UInt8]] = {
        var writer = WrittenLog()
        RandomTree(seed: 9, size: 30).write(to: &writer)
        return writer.lines
    }()

    @Test(
        "the ranking is the same behind every prefix and in every wrapper",
        arguments: [
            ("", "\n"), ("", "\r\n"), ("2026-11-24T00:00:00+0000 info server : ", "\n"),
            ("{\"log\":\"", "\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-24T00:00:00.1Z\"}\n"),
            ("2026-11-24T00:00:00.123456789Z stderr F ", "\n"), ("Nov 24 00:00:00 host red[4242]: ", "\n"),
            ("another line\n", "\n\n"), ("\u{0}\u{1b}[31m", "\n"),
        ])
    func wrappers(prefix: String, suffix: String) throws {
        let log = Self.tree.flatMap { Array(prefix.utf8) + $0.dropLast() + Array(suffix.utf8) }
        let found = try report(log)
        #expect(found.functions == (try report(Array(Self.tree.joined()))).functions)
        #expect(found.inputs[0].records == UInt64(Self.tree.count))
        #expect(found.inputs[0].damaged == 0)
        #expect(found.inputs[0].bytes == UInt64(log.count))
    }

    @Test("records are found across the bounds of blocks")
    func blocks() throws {
        let filler = Array(repeating: UInt8(ascii: "x"), count: 1_000) + [0x0a]
        let log = Self.tree.flatMap { line in Array(repeatElement(filler, count: 97).joined()) + line }
        let found = try report(log)
        #expect(log.count > 3 << 20)
        #expect(found.functions == (try report(Array(Self.tree.joined()))).functions)
        #expect(found.inputs[0].lines == UInt64(Self.tree.count * 98))
    }

    @Test("a line over 1 MiB is passed over and counted, the lines around it are read", arguments: [1 << 20, 3 << 20])
    func overlong(length: Int) throws {
        let long = Array(repeating: UInt8(ascii: "~"), count: length) + [0x0a]
        let half = Self.tree.count / 2
        let log = Array(Self.tree[..<half].joined()) + long + Array(Self.tree[half...].joined())
        let found = try report(log + long.dropLast())
        #expect(found.inputs[0].overlong == 2)
        #expect(found.inputs[0].records == UInt64(Self.tree.count))
        #expect(found.inputs[0].lines == UInt64(Self.tree.count + 2))
    }

    @Test("a record being written when the log ends is no damage; a whole one without line feed counts")
    func unfinished() throws {
        let log = Array(Self.tree.joined())
        let cut = try report(Array(log.dropLast(9)))
        #expect((cut.inputs[0].unfinished, cut.inputs[0].damaged) == (1, 0))
        let whole = try report(Array(log.dropLast()))
        #expect(whole.inputs[0].records == UInt64(Self.tree.count))
    }

    @Test("torn lines are counted")
    func damaged() throws {
        var lines = Self.tree
        for index in stride(from: 1, to: lines.count, by: 5) { lines[index] = lines[index].dropLast(20) + [0x0a] }
        let found = try report(Array(lines.joined()))
        let torn = UInt64(stride(from: 1, to: lines.count, by: 5).underestimatedCount)
        #expect(found.inputs[0].damaged + found.inputs[0].records == UInt64(lines.count))
        #expect(found.inputs[0].damaged >= torn)
    }

    @Test(
        "a file that cannot be read is named with the reason", arguments: [("/nonexistent/x", "open"), ("/", "read")])
    func unreadable(path: String, operation: String) {
        var analyser = LogAnalyser()
        let error = #expect(throws: LogReadError.self) { try analyser.read(.file(path)) }
        #expect((error?.name, error?.operation) == (path, operation))
    }
}

import Foundation
import TestSupport
import Testing
import TraceLog

/// The article "The record format" is the format's definition for others; what stands there is checked.
@Suite("The article on the record format")
struct ArticleTests {
    private static let article = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/TraceLog/TraceLog.docc/TheRecordFormat.md")

    /// The contents of the article's code blocks that begin with `language`.
    private static func blocks(_ language: String) throws -> [String] {
        let text = try String(contentsOf: article, encoding: .utf8)
        return text.components(separatedBy: "```").enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
            .filter { $0.hasPrefix("\(language)\n") }.map { String($0.dropFirst(language.count + 1)) }
    }

    @Test("its example lines are records, one of each kind, and are what this version writes")
    func examples() throws {
        let lines = try #require(try Self.blocks("").first { $0.hasPrefix("~hp1 ") }).split(separator: "\n")
        var kinds: [RecordKind] = []
        for line in lines {
            guard case .record(let header, let record) = RecordDecoder.decode(Array(line.utf8)) else {
                Issue.record("no record: \(line)")
                continue
            }
            kinds.append(record.kind)
            #expect(String(decoding: record.encoded(header).dropLast(), as: UTF8.self) == line)
        }
        #expect(kinds == RecordKind.allCases)
    }

    @Test("its Python computes the checksums that Swift writes")
    func python() throws {
        var random = RandomRecords(seed: 13)
        let lines = (0..<300).map { _ in String(decoding: random.record().encoded(random.header()), as: UTF8.self) }
        let program = try #require(try Self.blocks("python").first)
        let check = """
            \(program)
            import sys
            for line in sys.stdin.buffer.read().splitlines():
                record, stated = line.rsplit(b" c=", 1)
                assert int(stated, 16) == checksum(record), line
            print("all right")
            """
        let run = try ProgramRun.run("python3", ["-c", check], input: Array(lines.joined().utf8))
        #expect(run.status == 0 && run.output == "all right\n", "\(run.error)")
    }
}

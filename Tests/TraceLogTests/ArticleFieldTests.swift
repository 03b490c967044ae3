import Foundation
import Testing
import TraceLog

/// The table of kinds in "The record format" against what is written, and against what a reader asks for.
@Suite("The record format's table of kinds")
struct ArticleFieldTests {
    private struct Row {
        let kind: String
        let fields: String
    }

    private static func article() throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/TraceLog/TraceLog.docc/TheRecordFormat.md")
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// The rows of the table: a kind, and the text on its fields.
    private static func rows() throws -> [Row] {
        try article().split(separator: "\n").compactMap { line in
            guard let cells = line.wholeMatch(of: /\| `([a-z]+)` \| [^|]* \| (.*) \|/) else { return nil }
            return Row(kind: String(cells.1), fields: String(cells.2))
        }
    }

    /// The example record of a kind without its checksum: what stands before the fields, and the fields.
    private static func example(of kind: String) throws -> (head: [Substring], fields: [Substring]) {
        let lines = try article().split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("~hp1 \(kind) ") })
        let words = line.split(separator: " ").dropLast()
        return (Array(words.prefix(4)), Array(words.dropFirst(4)))
    }

    /// A field's key as the article has it: those of attributes and counters are any.
    private static func stated(_ field: Substring) -> String {
        let key = field.prefix { $0 != "=" }
        return key.hasPrefix("a.") || key.hasPrefix("v.") ? "\(key.prefix(2))KEY" : String(key)
    }

    @Test("has each kind, and each field of it in the order in which it is written")
    func fields() throws {
        let rows = try Self.rows()
        #expect(rows.map(\.kind) == RecordKind.allCases.map(\.rawValue))
        var random = RandomRecords(seed: 5)
        for _ in 0..<2000 {
            let record = random.record()
            let line = String(decoding: record.encoded(random.header()), as: UTF8.self)
            var rest = try #require(rows.first { $0.kind == record.kind.rawValue }).fields[...]
            var keys = line.split(separator: " ").dropFirst(4).dropLast().map(Self.stated)
            keys = keys.enumerated().filter { $0.offset == 0 || $0.element != keys[$0.offset - 1] }.map(\.element)
            for key in keys {
                let place = rest.range(of: "`\(key)`")
                #expect(place != nil, "\(record.kind): '\(key)' is not there, or not in its place")
                rest = rest[(place?.upperBound ?? rest.startIndex)...]
            }
        }
    }

    @Test("says which fields a reader can do without", arguments: RecordKind.allCases)
    func required(kind: RecordKind) throws {
        let (head, fields) = try Self.example(of: kind.rawValue)
        let optional: Set<String> =
            switch kind {
            case .session: ["slowest", "open", "memory"]
            case .drops: ["requests", "steps"]
            case .span: ["error", "a.KEY"]
            case .probe: ["v.KEY"]
            case .sample: ["stack"]
            default: []
            }
        for (place, field) in fields.enumerated() {
            let cut = head + fields.prefix(place)
            let isRecord = Self.isRecord(cut.joined(separator: " "))
            #expect(isRecord == optional.contains(Self.stated(field)), "\(kind): up to '\(field)'")
        }
        #expect(Self.isRecord((head + fields).joined(separator: " ")))
    }

    /// Whether a reader takes this text, with a right checksum, for a record.
    private static func isRecord(_ text: String) -> Bool {
        guard let session = UInt64(text.split(separator: " ")[2], radix: 16) else { return false }
        let sum = Array(text.utf8).withUnsafeBytes { Checksum.of($0, key: session) }
        let digits = String(sum, radix: 16)
        let line = "\(text) c=\(String(repeating: "0", count: 8 - digits.count))\(digits)"
        if case .record = RecordDecoder.decode(Array(line.utf8)) { return true }
        return false
    }
}

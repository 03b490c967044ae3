import Hoofprint
import Metrics
import Testing
import TraceLog

@testable import HoofprintMetrics

@Suite("Names of metrics")
struct SeriesNameTests {
    private static let hostile = [
        "", " ", "\n~hp1 end 0000000000000001 2 reason=shutdown c=00000000", "\u{1b}]0;owned\u{7}", "a=b,c", "a\\,b",
        "{}",
        "\u{202e}", "é", "\"<&>%41", "c=1",
    ]

    @Test("that differ in label or dimensions differ in the log, however they are written")
    func distinct() {
        let keys = Self.hostile.flatMap { first in
            [SeriesKey(.counter, first, [])]
                + Self.hostile.flatMap { second in
                    [
                        SeriesKey(.counter, first, [(second, "x")]), SeriesKey(.counter, "l", [(first, second)]),
                        SeriesKey(.counter, "m", [(first, "x"), (second, "y")]),
                    ]
                }
        }
        let distinct = Set(keys)
        #expect(Set(distinct.map(\.name)).count == distinct.count)
    }

    @Test("come out of the log as they went in, in lines that are nothing else", arguments: hostile)
    func escaped(text: String) throws {
        let metrics = TestedMetrics()
        Counter(label: text, dimensions: [(text, text)], factory: metrics.factory).increment()
        let (name, counters) = try #require(metrics.read().first)
        let record = ProbeRecord(
            name: name, counters: counters.map { ProbeRecord.Counter(name: $0.key, value: $0.value) })
        let header = RecordHeader(session: 7, sequence: 1)
        let line = Record.probe(record).encoded(header)
        #expect(line.count { $0 == UInt8(ascii: "\n") } == 1)
        #expect(RecordDecoder.decode(line.dropLast().map { $0 }) == .record(header, .probe(record)))
    }

    @Test("too long for the log are refused, so that no two become one")
    func long() {
        let metrics = TestedMetrics()
        for length in [100, 600, 618, 619, 10_000, 1_000_000] {
            let label = String(repeating: "l", count: length)
            Counter(label: label, factory: metrics.factory).increment()
            Counter(label: "l", dimensions: [("d", label)], factory: metrics.factory).increment()
        }
        let names = metrics.read().keys
        #expect(!names.isEmpty && metrics.totals["refused"].map(Int.init) == 12 - names.count)
        for name in names {
            var encoded: [UInt8] = []
            FieldText.append(name.utf8, to: &encoded)
            #expect(encoded.withUnsafeBytes { FieldText.unescape($0) } == Array(name.utf8))
        }
    }
}

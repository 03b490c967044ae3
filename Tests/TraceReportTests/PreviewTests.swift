import Foundation
import TestSupport
import Testing
import TraceLog

@testable import TraceReport

@Suite("The preview of large logs", .serialized)
struct PreviewTests {
    @Test(
        "places are spread evenly, have the beginning and the end of each log, and never overlap",
        arguments: [
            [300_000_000], [1 << 40], [268_435_456], [200_000_000, 100_000_000, 1_000, 0],
            Array(repeating: 3_000_000, count: 100), Array(repeating: 1_100_000, count: 256),
        ] as [[UInt64]])
    func places(sizes: [UInt64]) throws {
        let places = try #require(PreviewPlaces(sizes))
        var all: [PreviewPlaces.Place] = []
        var round = 0
        while let found = places.round(round), round < 6 {
            let isInOrder = zip(found, found.dropFirst()).allSatisfy {
                ($0.log, $0.range.start) < ($1.log, $1.range.start)
            }
            #expect(isInOrder && found.count <= PreviewPlaces.count + 2 * sizes.count)
            all += found
            round += 1
        }
        #expect(round > 0)
        let bytes = all.reduce(0) { $0 + ($1.range.end ?? 0) - $1.range.start }
        #expect(bytes <= UInt64(round) * (PreviewPlaces.sampleBytes + places.bytes * UInt64(sizes.count)))
        for (log, size) in sizes.enumerated() where size > 0 {
            let ranges = all.filter { $0.log == log }.map(\.range).sorted { $0.start < $1.start }
            #expect(ranges.first?.start == 0 && ranges.last?.end == size)
            #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.end ?? .max <= $1.start })
        }
    }

    @Test("small logs and very many have none", arguments: [[1_000], [], Array(repeating: 10_000_000, count: 257)])
    func none(sizes: [UInt64]) {
        #expect(PreviewPlaces(sizes) == nil)
    }

    /// A log of two sessions, one of single spans and one of cumulative counters, with other lines between, of so many bytes.
    private static func write(_ bytes: Int, to url: URL) throws {
        var spans = WrittenLog(session: 0xfedc_ba98_7654_3210)
        var counters = WrittenLog(session: 0x0123_4567_89ab_cdef)
        spans.writeSession(mode: "every")
        counters.writeSession(pid: 4243)
        for path in 1...4 as ClosedRange<UInt64> { spans.writePath(path, under: 0, "span\(path)") }
        counters.writePath(1, under: 0, "counter")
        try Data((spans.lines + counters.lines).joined()).write(to: url)
        let file = try FileHandle(forWritingTo: url)
        try file.seekToEnd()
        let filler = Array(repeating: UInt8(ascii: "-"), count: 60_000) + [0x0a]
        var (written, turn) = (0, UInt64(0))
        while written < bytes {
            var (part, own) = (spans.continued(), counters.continued())
            own.writeClock(seconds: turn)
            own.writeStats(1, count: turn + 1, total: (turn + 1) * 1_000_000, own: (turn + 1) * 1_000_000, cpu: 0)
            for path in 1...4 as ClosedRange<UInt64> {
                for _ in 0..<path {
                    part.write(
                        .span(
                            SpanRecord(
                                path: path, id: 1, parent: 0, thread: 1, startNanoseconds: turn,
                                durationNanoseconds: 1_000, selfNanoseconds: 1_000, cpuNanoseconds: 0)))
                }
            }
            let block = Array((own.lines + part.lines).joined()) + filler
            try file.write(contentsOf: Data(block))
            (spans, counters) = (part, own)
            (written, turn) = (written + block.count, turn + 1)
        }
        try file.close()
    }

    /// The log that all tests look at: it takes its time to write.
    private static let log: (folder: TemporaryFolder, path: String)? = {
        guard let folder = try? TemporaryFolder() else { return nil }
        let url = folder.url.appendingPathComponent("large.log")
        guard (try? write(300_000_000, to: url)) != nil else { return nil }
        return (folder, url.path)
    }()

    @Test("what it tells of spans is an estimate of all, and of counters since the start it is what the log says")
    func estimates() throws {
        let log = try #require(Self.log)
        var sample = try #require(PreviewSample([.file(log.path)]))
        var analyser = LogAnalyser()
        try analyser.read(.file(log.path))
        let truth = analyser.report()
        for round in 0..<2 {
            #expect(try sample.read(threads: round == 0 ? 2 : 1))
            let report = sample.estimate().report()
            #expect(report.functions.map(\.place).sorted { $0.name < $1.name }.count == 5)
            for function in report.functions {
                let known = try #require(truth.functions.first { $0.place == function.place })
                if function.place.name == "counter" {
                    #expect(function.count == known.count && function.selfNanoseconds == known.selfNanoseconds)
                } else {
                    #expect(abs(Double(function.count) / Double(known.count) - 1) < 0.03)
                    #expect(abs(function.share - known.share) < 0.01)
                }
            }
        }
        #expect(sample.placeCount > 120 && sample.share > 0.4 && sample.share < 0.5)
        #expect(sample.difference < 0.02)
    }

    @Test("it says plainly that it is one, shows no loss, fits the width, and hostile names are escaped")
    func words() throws {
        let log = try #require(Self.log)
        var sample = try #require(PreviewSample([.file(log.path)]))
        _ = try sample.read(threads: 2)
        var report = sample.estimate().report()
        report.functions[0].name = "\u{1b}]0;x\u{7}\u{202e}\u{2028}</script>|`=cmd()"
        for width in [60, 80, 120] {
            let text = PreviewRenderer(sample, layout: TextLayout(width: width), top: 10).render(report)
            #expect(text.contains("PREVIEW from 2"))
            #expect(!text.contains("lost") && !text.contains("damaged") && !text.contains("Complete"))
            #expect(text.split(separator: "\n").allSatisfy { SafeText.columns(of: String($0)) <= width })
            #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || SafeText.isPrintable($0) })
        }
    }

    @Test("a packed log, a pipe and a log that is not there have none")
    func others() throws {
        #expect(PreviewSample([.standardInput]) == nil)
        #expect(PreviewSample([.file("/nonexistent.log")]) == nil)
        let log = try #require(Self.log)
        #expect(PreviewSample([.file(log.path), .file("/dev/zero")]) == nil)
    }

    @Test(
        "on a terminal it stands there first and goes; the report is that of a run without it",
        arguments: ["preview", "no_preview"])
    func terminal(_ scenario: String) async throws {
        let log = try #require(Self.log)
        try await FollowTerminalTests.check(scenario, log.folder)
    }

    @Test("a line is cut to so many columns, and colours take none")
    func lines() {
        #expect(ScreenLines.cut("abc", columns: 3) == "abc")
        #expect(ScreenLines.cut("abcd", columns: 3) == "abc")
        #expect(ScreenLines.cut("\u{1b}[1mabcd\u{1b}[0m", columns: 2) == "\u{1b}[1mab\u{1b}[0m")
        #expect(ScreenLines.cut("日本語", columns: 5) == "日本")
        #expect(ScreenLines.fitting("a\nb\nc\n", rows: 2, columns: 9) == (["a", "b"], 1))
        #expect(ScreenLines.fitting("", rows: 2, columns: 9) == ([], 0))
    }
}

extension WrittenLog {
    /// The same log without what was written so far.
    fileprivate func continued() -> WrittenLog { WrittenLog(session: session, firstSequence: nextSequence) }
}

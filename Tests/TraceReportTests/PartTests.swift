import CLogScan
import SeededRandom
import Testing
import TraceLog

@testable import TraceReport

@Suite("A log that is read in parts, and by the processor's vectors")
struct PartTests {
    /// A log in both modes and of two sessions, with damage, other lines and lines of every length.
    func log(seed: UInt64, isInOrder: Bool = false) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var writer = WrittenLog(session: 0x00ff_1234_5678_9abc)
        RandomTree(seed: seed, size: 12).write(to: &writer, flushes: 5)
        var log: [[UInt8]] = writer.lines
        var spans = WrittenLog(session: 0xfedc_ba98_7654_3210 &+ seed)
        spans.writeSession(mode: "every")
        for path in 1...5 as ClosedRange<UInt64> { spans.writePath(path, under: path / 2, "f\(path)") }
        for second in 0..<40 as Range<UInt64> {
            spans.writeClock(seconds: second * 3)
            for _ in 0..<Int.random(in: 0...12, using: &random) { spans.write(.span(.random(&random))) }
        }
        log += spans.lines
        // Mostly in order, as a log is, with some lines moved, doubled, cut and others between.
        for _ in 0..<8 {
            let line = Int.random(in: 0..<log.count, using: &random)
            switch Int.random(in: isInOrder ? 2..<4 : 0..<5, using: &random) {
            case 0: log.insert(log[line], at: Int.random(in: 0...log.count, using: &random))
            case 1: log.swapAt(line, min(log.count - 1, line + 3))
            case 2: log[line].removeLast(min(log[line].count - 1, 10))
            default: log.insert(Array("another line ~ with ~hp1 in it\r\n".utf8), at: line)
            }
        }
        return Array(log.joined())
    }

    @Test("parts of any size give the same report as reading from beginning to end", arguments: 0..<40)
    func parts(seed: UInt64) throws {
        let log = log(seed: seed)
        let whole = try read(log, parts: 1)
        for parts in [2, 3, 7, 50] {
            var found = try read(log, parts: parts)
            // Which window a record belongs to that was moved past a clock depends on what came before it.
            found.timeline = whole.timeline
            #expect(found == whole, "seed \(seed), \(parts) parts")
        }
    }

    @Test("of a log in order, parts give the same timeline, too", arguments: 0..<40)
    func timelines(seed: UInt64) throws {
        let log = log(seed: seed, isInOrder: true)
        let whole = try read(log, parts: 1)
        #expect(whole.timeline.windowCount > 10)
        for parts in [2, 3, 7, 50] { #expect(try read(log, parts: parts) == whole, "seed \(seed), \(parts) parts") }
    }

    @Test("a log that has every line twice is counted once, in parts too")
    func doubled() throws {
        let log = log(seed: 99)
        let once = try read(log, parts: 1)
        for parts in [1, 2, 5] {
            let twice = try read(log + log, parts: parts)
            #expect(twice.functions == once.functions)
            #expect(twice.inputs[0].duplicates == 2 * once.inputs[0].duplicates + once.inputs[0].records)
        }
    }

    @Test("lines longer than a part and longer than the buffer are passed over once", arguments: [300_000, 1_100_000])
    func longLines(length: Int) throws {
        let long = Array(repeating: UInt8(ascii: "x"), count: length) + [0x0a]
        let log = long + log(seed: 5, isInOrder: true) + long + log(seed: 6, isInOrder: true) + long.dropLast()
        let whole = try read(log, parts: 1)
        for parts in [2, 3, 16, 64] { #expect(try read(log, parts: parts) == whole, "\(parts) parts") }
    }

    private func read(_ log: [UInt8], parts: Int) throws -> Report {
        var analyser = LogAnalyser(parts: LogAnalyser.Parts(count: parts, minimumBytes: 1))
        try analyser.read(.bytes(log, name: "server.log"))
        return analyser.report()
    }

    @Test("every way of scanning finds the same records and lines", arguments: 0..<200)
    func scanning(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "~hp1 ", "~", "\n", "~hp1", "a", String(repeating: "x", count: 61), "\r\n", "~hp1 span ", "~~hp1 ",
        ]
        var text: [UInt8] = []
        for _ in 0..<Int.random(in: 1...200, using: &random) {
            text += pieces.randomElement(using: &random)?.utf8.map { $0 } ?? []
        }
        text.append(0x0a)
        let padded = text + Array(repeating: 0, count: Int(HP_LOG_PADDING))
        let capacity = Int.random(in: 1...20, using: &random)
        let plain = scan(padded, text.count, Int32(HP_LOG_PLAIN), capacity)
        for implementation in 0...hp_log_scan_best() {
            #expect(scan(padded, text.count, implementation, capacity) == plain, "\(implementation)")
        }
        #expect(plain.lines == text.count { $0 == 0x0a })
    }

    private struct Scanned: Equatable {
        var places: [[UInt32]] = []
        var lines = 0
    }

    private func scan(_ padded: [UInt8], _ length: Int, _ implementation: Int32, _ capacity: Int) -> Scanned {
        var scanned = Scanned()
        var places = Array(repeating: hp_log_place(), count: capacity)
        var done = 0
        while done < length {
            let found = padded[done...].withUnsafeBufferPointer { bytes in
                bytes.baseAddress.map { hp_log_scan(implementation, $0, length - done, &places, capacity) }
                    ?? hp_log_scanned()
            }
            guard found.scanned > 0 else { break }
            scanned.lines += found.lines
            scanned.places += places[..<found.count].map { [$0.start + UInt32(done), $0.end + UInt32(done)] }
            done += found.scanned
        }
        return scanned
    }

    @Test("spans read by vectors and by words are those of the decoder", arguments: 0..<20)
    func spans(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let tag = random.next()
        let session = SessionText(tag)
        for _ in 0..<2_000 {
            var line = Record.span(anySpan(&random)).encoded(RecordHeader(session: tag, sequence: anyNumber(&random)))
            mutate(&line, &random)
            let padded =
                line + Array(repeating: UInt8.random(in: 0x20...0x7e, using: &random), count: Int(HP_LOG_PADDING))
            let decoded = RecordDecoder.decode(Array(line.dropLast()))
            padded.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                let byWords = hp_log_span(at: start, session: session)
                for span in [byWords, byVectors(start, line.count, session)].compactMap(\.self) {
                    guard case .record(let header, .span(let record)) = decoded else {
                        #expect(!span.isRight(session), "\(String(decoding: line, as: UTF8.self))")
                        continue
                    }
                    #expect(span.isRight(session))
                    #expect((header.session, header.sequence) == (tag, span.sequence))
                    #expect((record.path, record.durationNanoseconds) == (span.path, span.took))
                    #expect((record.selfNanoseconds, record.cpuNanoseconds) == (span.`self`, span.cpu))
                    #expect(record.error.isEmpty)
                }
                // Plain records are read by words, and by vectors where they are of usual length.
                guard case .record(let header, .span(let record)) = decoded, record.error.isEmpty, line.last == 0x0a,
                    !line.contains(UInt8(ascii: "\t")), !String(decoding: line, as: UTF8.self).contains("  "),
                    let most = numbers(of: record, header).max(), most < 10_000_000_000_000_000
                else { return }
                #expect(byWords != nil)
                if hp_log_reads_spans(), max(header.sequence, record.path) < 100_000_000, line.count < 150 {
                    #expect(byVectors(start, line.count, session) != nil)
                }
            }
        }
    }

    private func numbers(of span: SpanRecord, _ header: RecordHeader) -> [UInt64] {
        [
            header.sequence, span.path, span.id, span.parent, span.thread, span.startNanoseconds,
            span.durationNanoseconds, span.selfNanoseconds, span.cpuNanoseconds,
        ]
    }

    private func byVectors(_ start: UnsafeRawPointer, _ length: Int, _ session: SessionText) -> hp_log_span? {
        guard hp_log_reads_spans() else { return nil }
        var span = hp_log_span(
            sequence: 0, path: 0, took: 0, self: 0, cpu: 0, start: start.assumingMemoryBound(to: UInt8.self), covered: 0
        )
        var place = hp_log_place(start: 0, end: UInt32(length - 1))
        let count = hp_log_read_spans(start.assumingMemoryBound(to: UInt8.self), &place, 1, session.header, &span)
        return count == 1 ? span : nil
    }

    private func anyNumber(_ random: inout SeededGenerator) -> UInt64 {
        UInt64.random(in: 0...9, using: &random) == 0
            ? random.next() : random.next() >> UInt64.random(in: 10...63, using: &random)
    }

    private func anySpan(_ random: inout SeededGenerator) -> SpanRecord {
        SpanRecord(
            path: anyNumber(&random) & 0xffff, id: anyNumber(&random), parent: anyNumber(&random),
            thread: anyNumber(&random) & 0xfff, startNanoseconds: anyNumber(&random),
            durationNanoseconds: anyNumber(&random), selfNanoseconds: anyNumber(&random),
            cpuNanoseconds: anyNumber(&random), error: Int.random(in: 0..<20, using: &random) == 0 ? "E" : "")
    }

    /// Changes a line, half of the time in a way that keeps its checksum right.
    private func mutate(_ line: inout [UInt8], _ random: inout SeededGenerator) {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: line[Int.random(in: 0..<line.count - 1, using: &random)] = UInt8.random(in: 0x20...0x7e, using: &random)
        case 1: line.insert(contentsOf: "\r".utf8, at: line.count - 1)
        case 2: line.insert(contentsOf: "\\n\",\"stream\":\"stderr\"}".utf8, at: line.count - 1)
        case 3: line.remove(at: Int.random(in: 0..<line.count - 1, using: &random))
        case 4: line.insert(contentsOf: " c=00000000".utf8, at: line.count - 1)
        case 5: line.insert(contentsOf: "  ".utf8, at: line.count - 1)
        default: break
        }
    }
}

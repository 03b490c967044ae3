import Foundation
import Testing
import TraceLog

@Suite("Records as lines")
struct RecordTests {
    @Test("a record comes back as it was written, whatever its texts hold", arguments: [1, 2, 3, 4] as [UInt64])
    func roundTrip(seed: UInt64) {
        var random = RandomRecords(seed: seed)
        for _ in 0..<2000 {
            let header = random.header()
            let record = random.record()
            let line = record.encoded(header)
            #expect(line.last == UInt8(ascii: "\n"))
            #expect(!line.dropLast().contains { $0 < 0x20 || $0 > 0x7e }, "one line of printable ASCII")
            #expect(line.count <= RecordFormat.maximumLineBytes)
            #expect(RecordDecoder.decode(Array(line.dropLast())) == .record(header, record))
        }
    }

    @Test("every byte and every code point of a text survives")
    func allBytes() {
        let scalars = (0..<0x3000).compactMap(Unicode.Scalar.init(_:)).map(String.init)
        for start in stride(from: 0, to: scalars.count, by: 60) {
            let text = scalars[start..<min(start + 60, scalars.count)].joined()
            let record = Record.end(EndRecord(reason: text))
            let line = record.encoded(RecordHeader(session: 1, sequence: 2))
            #expect(RecordDecoder.decode(Array(line.dropLast())) == .record(.init(session: 1, sequence: 2), record))
        }
        let bytes = (0...255).map { UInt8($0) }
        var escaped: [UInt8] = []
        FieldText.append(bytes[..<128], to: &escaped)
        FieldText.append(bytes[128...], to: &escaped)
        #expect(escaped.withUnsafeBytes { FieldText.unescape($0) } == bytes)
    }

    @Test("a text too long is cut between characters and says so", arguments: ["a", "ö", "日", "🐎", "a🐎"])
    func longText(piece: String) throws {
        let text = String(repeating: piece, count: 1000)
        let line = Record.end(EndRecord(reason: text)).encoded(RecordHeader(session: 1, sequence: 2))
        guard case .record(_, .end(let end)) = RecordDecoder.decode(Array(line.dropLast())) else {
            Issue.record("the line was refused")
            return
        }
        #expect(end.reason.hasSuffix("…"))
        #expect(text.hasPrefix(end.reason.dropLast()))
        #expect(!end.reason.contains("\u{fffd}"))
    }

    @Test("however much a user attaches, a record fits a line, and what is left of it is whole")
    func manyAttributes() {
        let attributes = (0..<100).map {
            SpanRecord.Attribute(key: "key\($0)", value: String(repeating: "é", count: 10 * $0))
        }
        let span = SpanRecord(
            path: .max, id: .max, parent: .max, thread: .max, startNanoseconds: .max, durationNanoseconds: .max,
            selfNanoseconds: .max, cpuNanoseconds: .max, error: "E", attributes: attributes)
        let counters = (0..<100).map { ProbeRecord.Counter(name: "counter_of_something_\($0)", value: .max) }
        for record in [Record.span(span), .probe(ProbeRecord(name: "p", counters: counters))] {
            let line = record.encoded(RecordHeader(session: .max, sequence: .max))
            #expect(line.count <= RecordFormat.maximumLineBytes)
            switch RecordDecoder.decode(Array(line.dropLast())) {
            case .record(_, .span(let read)):
                #expect(!read.attributes.isEmpty)
                #expect(read.attributes.allSatisfy { attributes.contains($0) || $0.value.hasSuffix("…") })
            case .record(_, .probe(let read)):
                #expect(read.counters == Array(counters.prefix(read.counters.count)))
                #expect(read.counters.count > 50)
            default: Issue.record("refused")
            }
        }
    }

    @Test("a stack of full depth fits a line beside texts of any length; a deeper one is cut, and says so")
    func deepStacks() throws {
        // In and out of a program and its libraries.
        func addresses(_ count: Int) -> [CodeLocation] {
            (0..<UInt64(count)).map {
                .init(rawValue: $0 % 2 << 49 | ($0 % 2 == 0 ? 4096 * $0 : 0x900_0000 - 777 * $0))
            }
        }
        let text = String(repeating: "\n", count: 1000)
        for (frames, callers) in [(100, 100), (1000, 1000), (1000, 20), (20, 1000)] {
            let stack = SampleRecord.Stack(frames: addresses(frames), callers: addresses(callers))
            let sample = SampleRecord(sampler: text, path: .max, what: text, count: .max, stack: stack)
            let line = Record.sample(sample).encoded(RecordHeader(session: .max, sequence: .max))
            #expect(line.count <= RecordFormat.maximumLineBytes)
            guard case .record(_, .sample(let read)) = RecordDecoder.decode(Array(line.dropLast())) else {
                Issue.record("the line was refused")
                continue
            }
            let kept = try #require(read.stack)
            #expect(kept.frames == Array(stack.frames.prefix(kept.frames.count)))
            #expect(kept.callers == Array(stack.callers.prefix(kept.callers.count)))
            #expect(kept.frames.count >= min(frames, 100) && kept.callers.count >= min(callers, 100))
            #expect(kept.isCut == (kept.frames.count < frames || kept.callers.count < callers))
        }
    }

    @Test("cut anywhere or altered in any byte, a line is never a record")
    func damage() {
        var random = RandomRecords(seed: 7)
        for _ in 0..<40 {
            let line = Array(random.record().encoded(random.header()).dropLast())
            for length in 0..<line.count {
                if case .record = RecordDecoder.decode(Array(line[..<length])) { Issue.record("cut at \(length)") }
            }
            for index in line.indices {
                var altered = line
                altered[index] ^= UInt8(1 << random.below(7))
                if case .record = RecordDecoder.decode(altered) { Issue.record("altered at \(index)") }
            }
        }
    }

    @Test("two lines run into one: the whole second one is found, a mixture never")
    func interleaved() {
        var random = RandomRecords(seed: 8)
        for _ in 0..<500 {
            let first = Array(random.record().encoded(random.header()).dropLast())
            let header = random.header()
            let record = random.record()
            let second = Array(record.encoded(header).dropLast())
            let cut = random.below(first.count)
            #expect(RecordDecoder.decode(Array(first[..<cut]) + second) == .record(header, record))
            let mixed = Array(first[..<cut]) + second + Array(first[cut...])
            if case .record(let found, let decoded) = RecordDecoder.decode(mixed), cut > 0 {
                #expect((found, decoded) == (header, record))
            }
        }
    }

    @Test(
        "a record is found behind any logger's prefix and in any container's wrapper",
        arguments: [
            ("2026-11-24T00:00:00+0000 info server : ", ""),
            ("", "\r"),
            ("", "  \r"),
            ("{\"log\":\"", "\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-24T00:00:00.1Z\"}"),
            ("2026-11-24T00:00:00.123456789Z stderr F ", ""),
            ("Nov 24 00:00:00 host red[4242]: ", ""),
            ("{\"MESSAGE\":\"", "\",\"_PID\":\"4242\"}"),
            ("\u{feff}", ""),
            ("~hp1 ~hp", ""),
        ])
    func wrappers(prefix: String, suffix: String) {
        var random = RandomRecords(seed: 9)
        for _ in 0..<200 {
            let header = random.header()
            let record = random.record()
            let line = Array(prefix.utf8) + record.encoded(header).dropLast() + Array(suffix.utf8)
            #expect(RecordDecoder.decode(line) == .record(header, record))
        }
    }

    @Test("other lines are foreign; a text that imitates a record is damaged")
    func foreign() {
        for line in ["", "hello", "~", "~hp1", "~hp2 span 1", "GET /~hp1/x"] {
            #expect(RecordDecoder.decode(Array(line.utf8)) == .foreign)
        }
        for line in [
            "~hp1 ", "GET /?~hp1 stats 5eb63bbbe01eeed0 4 path=1 count=9 c=00000000", "~hp1 span x 1 c=12345678",
        ] {
            #expect(RecordDecoder.decode(Array(line.utf8)) == .damaged)
        }
    }

    /// A line with its checksum, of the session 5eb63bbbe01eeed0.
    private func line(_ body: String) -> [UInt8] {
        let bytes = Array(body.utf8)
        let checksum = bytes.withUnsafeBytes { Checksum.of($0, key: 0x5eb6_3bbb_e01e_eed0) }
        let digits = String(checksum, radix: 16)
        return bytes + Array(" c=\(String(repeating: "0", count: 8 - digits.count))\(digits)".utf8)
    }

    @Test("fields and kinds of a later version are passed over")
    func laterVersions() {
        let header = RecordHeader(session: 0x5eb6_3bbb_e01e_eed0, sequence: 3)
        #expect(
            RecordDecoder.decode(line("~hp1 end 5eb63bbbe01eeed0 3 why=no reason=exit more=1"))
                == .record(header, .end(EndRecord(reason: "exit"))))
        #expect(RecordDecoder.decode(line("~hp1 weather 5eb63bbbe01eeed0 3 sun=1")) == .unknownKind(header))
    }

    @Test(
        "a trace that is none is passed over, and the record is one none the less",
        arguments: ["", "0", "4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736+00f067aa0ba902b7"])
    func noTrace(text: String) throws {
        let open = "~hp1 open 5eb63bbbe01eeed0 3 path=1 request=2 thread=0 start=4 age=5 trace="
        func trace(_ text: String) throws -> TraceIdentity? {
            guard case .record(_, .open(let record)) = RecordDecoder.decode(line(open + text)) else {
                throw CancellationError()
            }
            return record.trace
        }
        #expect(try trace(text) == nil)
        let identity = try #require(try trace("4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"))
        #expect(identity.traceText == "4bf92f3577b34da6a3ce929d0e0e4736" && identity.spanText == "00f067aa0ba902b7")
    }
}

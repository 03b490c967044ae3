import Foundation
import SeededRandom
import TestSupport
import Testing
import TraceLog

@testable import TraceReport

@Suite("Files of strace")
struct StraceTests {
    /// What strace says of a thread: calls in its own format.
    private static func text(_ lines: [String]) -> LogInput {
        .bytes(Array((lines.joined(separator: "\n") + "\n").utf8), name: "server.strace")
    }

    /// Seconds and microseconds after the log's begin.
    private static func at(_ microseconds: UInt64) -> String {
        let nanoseconds = WatchedLog.start + microseconds * 1_000
        let fraction = String(nanoseconds % 1_000_000_000 / 1_000)
        return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }

    private func events(_ files: [LogInput]) throws -> (events: [ThreadEvent], counts: EvidenceCounts) {
        var events: [ThreadEvent] = []
        let counts = try StraceSource(files: files).read { events.append($0) }
        return (events, counts)
    }

    @Test("calls go on in other lines, and end with their thread or with the file")
    func unfinished() throws {
        let found = try events([
            Self.text([
                "7 \(Self.at(10)) read(3</srv/a>,  <unfinished ...>",
                "8 \(Self.at(20)) nanosleep({tv_sec=9},  <unfinished ...>",
                "9 \(Self.at(25)) poll([{fd=3</srv/b>, events=POLLIN}], 1, -1 <unfinished ...>",
                "7 \(Self.at(40)) <... read resumed>\"x\", 1) = -1 EINTR (Interrupted system call) <0.000029>",
                "7 \(Self.at(41)) --- SIGCHLD {si_signo=SIGCHLD} ---", "8 \(Self.at(60)) +++ exited with 0 +++",
                "7 \(Self.at(61)) <... read resumed>) = 0 <0.000001>", "7 \(Self.at(70)) getpid() = 7 <0.000010>",
            ])
        ])
        #expect(found.counts.lines == 8)
        #expect(found.counts.unreadable == 1)
        let told = found.events.map {
            "\($0.thread) \($0.activity.name) \($0.activity.target) \($0.durationNanoseconds / 1_000) \($0.error)"
        }
        #expect(told == ["7 read /srv/a 29 EINTR", "8 nanosleep  40 ", "7 getpid  10 ", "9 poll /srv/b 55 "])
    }

    @Test("a line without a thread is of the one that is left; before any is named, of the main thread")
    func threads() throws {
        let found = try events([
            Self.text([
                "\(Self.at(0)) brk(NULL) = 0 <0.000001>", "strace: Process 8 attached",
                "[pid     8] \(Self.at(10)) brk(NULL) = 0 <0.000001>",
                "[pid     7] \(Self.at(20)) brk(NULL) = 0 <0.000001>",
                "[pid     7] \(Self.at(30)) +++ exited with 0 +++", "\(Self.at(40)) brk(NULL) = 0 <0.000001>",
            ])
        ])
        #expect(found.events.map(\.thread) == [0, 8, 7, 8])
        #expect(found.counts.unreadable == 0)
    }

    @Test("of -ff each file is a thread's, and files are read in order of time")
    func files() throws {
        let folder = try TemporaryFolder()
        let inputs = try [(12, 500), (11, 100)].map { thread, from -> LogInput in
            let file = folder.url.appendingPathComponent("x.strace.\(thread)")
            try Data("\(Self.at(UInt64(from))) brk(NULL) = 0 <0.000001>\n".utf8).write(to: file)
            return .file(file.path)
        }
        let source = try StraceSource(files: inputs)
        var threads: [UInt64] = []
        _ = try source.read { threads.append($0.thread) }
        #expect(threads == [11, 12])
        #expect(source.instants().lowerBound == WatchedLog.start + 100_000)
        #expect(source.instants().upperBound < WatchedLog.start + 2_000_000_000)
    }

    @Test(
        "strace run otherwise is refused, with how to run it",
        arguments: [
            ("7 09:15:01 brk(NULL) = 0 <0.000001>", "no date (-t, -tt); run strace with -f -ttt -T -y"),
            ("7 09:15:01.123456 brk(NULL) = 0 <0.000001>", "no date (-t, -tt)"),
            ("7      0.000012 brk(NULL) = 0 <0.000001>", "from the line before (-r); run strace with"),
            ("7 1795678837 brk(NULL) = 0 <0.000001>", "not in microseconds"),
            ("7 brk(NULL) = 0 <0.000001>", "no times; run strace with -f -ttt -T -y"),
            ("7 1795678837.201536 brk(NULL) = 0\n7 1795678837.201537 brk(NULL) = 0", "how long its calls took; run"),
            ("% time     seconds  usecs/call\n\u{1b}[31m", "nothing that strace wrote; its first line is '% time "),
            ("", "no system call"), ("\u{1b}]0;x\u{7}", "its first line is '\\u{1b}]0;x\\u{7}'"),
        ])
    func refused(text: String, reason: String) throws {
        let error = #expect(throws: LogReadError.self) { try StraceSource(files: [Self.text([text])]) }
        #expect(error?.reason?.contains(reason) == true)
        #expect(error?.name == "server.strace")
    }

    /// Text as it is before lines are broken.
    private static func flat(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// A report of a log and a file of strace's.
    private func report(_ log: WatchedLog, _ strace: LogInput) throws -> Report {
        var log = log
        log.log.writeClock(seconds: 10)
        let input = LogInput.bytes(log.log.bytes, name: "server.log")
        var analyser = LogAnalyser()
        try analyser.read(input)
        analyser.evidence = try Evidence(of: [StraceSource(files: [strace])], logs: [input])
        return analyser.report()
    }

    @Test("the verdict names the call, its file and what it waits for")
    func verdict() throws {
        var log = WatchedLog()
        log.span(2, from: 1_000, to: 41_000)
        log.span(1, from: 0, to: 42_000)
        let strace = Self.text([
            "100 \(Self.at(0)) openat(AT_FDCWD</srv>, \"red.db\", O_RDWR) = 3</srv/red.db> <0.000050>",
            "100 \(Self.at(2_000)) fdatasync(3</srv/red.db>) = 0 <0.038000>",
            "100 \(Self.at(41_990)) getpid() = 100 <0.000001>",
        ])
        let report = try report(log, strace)
        let text = Self.flat(TextRenderer(width: 100).render(report))
        #expect(text.contains("strace saw 40.0ms of its own time, 95% of that in fdatasync of /srv/red.db"))
        #expect(text.contains("(until it is on disk)."))
        #expect(text.contains("strace: 3 calls of 38.1ms on 1 thread; 100% of that time is joined to spans."))
        let explained = ViewRenderer(
            view: ExplainView(report.functions.filter { $0.name == "request" }.map(\.place)),
            layout: TextLayout(width: 100)
        ).render(report)
        #expect(explained.contains("SYSTEM CALLS with what it called"))
        #expect(
            explained.contains(" 38.0ms    90%     0ns       1   38.0ms  fdatasync /srv/red.db, until it is on disk"))
        let json = JSONRenderer().render(report)
        #expect(json.contains("\"call\":\"fdatasync\",\"kind\":\"disk\",\"target\":\"/srv/red.db\",\"count\":1,"))
    }

    @Test("all functions' calls, by their own time, as text and as rows")
    func view() throws {
        var log = WatchedLog()
        log.span(2, from: 1_000, to: 41_000)
        log.span(1, from: 0, to: 42_000)
        let strace = Self.text([
            "100 \(Self.at(100)) openat(AT_FDCWD</srv>, \"red.db\", O_RDWR) = -1 ENOENT (No such file) <0.000050>",
            "100 \(Self.at(2_000)) fdatasync(3</srv/red.db>) = 0 <0.038000>",
        ])
        let report = try report(log, strace)
        let text = ViewRenderer(view: SystemCallsView(), layout: TextLayout(width: 100)).render(report)
        let lines = text.split(separator: "\n").suffix(2)
        #expect(lines.first?.hasSuffix("db.insert                  fdatasync /srv/red.db, until it is on disk") == true)
        #expect(lines.last?.hasSuffix("request                    openat red.db, opening a file; ENOENT×1") == true)
        let rows = CSVRenderer(view: SystemCallsView()).render(report)
        #expect(
            rows.contains(
                "db.insert,db.insert(_:),Red/Measure.swift,20,fdatasync,disk,/srv/red.db,1,38000000,1,38000000,38000000,"
            ))
        #expect(SystemCallsView(top: 1).table(of: report).rows.count == 1)
    }

    @Test(
        "where nothing is joined, the header says why and what to do",
        arguments: [
            ("999", 10, "every", "None of these threads is in the log."),
            ("100", 60_000_000, "every", "when the log says nothing."),
            ("100", 10, "aggregate", "run the program with HOOFPRINT=every"),
        ])
    func nothing(thread: String, from: UInt64, mode: String, words: String) throws {
        var log = WatchedLog(mode: mode)
        if mode == "every" {
            log.span(2, from: 0, to: 1_000)
        } else {
            log.log.writeStats(2, count: 1, total: 9, own: 9, cpu: 9)
        }
        let text = TextRenderer(width: 100).render(
            try report(log, Self.text(["\(thread) \(Self.at(from)) fsync(3</srv/a>) = 0 <0.000100>"])))
        #expect(text.contains("NOTHING IS JOINED."))
        #expect(Self.flat(text).contains(words))
    }

    @Test("hostile names reach no terminal, no JSON and no Markdown as they are")
    func hostile() throws {
        let names = [
            "\\33]0;x\\7", "</script><img onerror=x>".replacing("<", with: "\\74").replacing(">", with: "\\76"),
            "\\342\\200\\256evil", "\\342\\200\\250", "a|b`c", "=cmd()", "\\377\\376", "\u{1b}[31m", "\u{202e}x",
        ]
        var log = WatchedLog()
        log.span(2, from: 0, to: 10_000)
        let lines = names.enumerated().map { index, name in
            "100 \(Self.at(UInt64(index) * 1_000)) fsync(3</srv/\(name)>) = -1 E\(index)X (x) <0.000900>"
        }
        let strange = "100 \(Self.at(9_500)) <script>(1) = 0 <0.000001>"
        let report = try report(log, Self.text(lines + [strange]))
        #expect(report.evidence.sources.first?.counts.unreadable == 1)
        let view = ExplainView(report.functions.map(\.place))
        let outputs = [
            TextRenderer(width: 100).render(report), JSONRenderer().render(report), MarkdownRenderer().render(report),
            ViewRenderer(view: view, layout: TextLayout(width: 100)).render(report),
            ViewRenderer(view: SystemCallsView(), layout: TextLayout(width: 100)).render(report),
            MarkdownRenderer(view: SystemCallsView()).render(report),
            CSVRenderer(view: SystemCallsView()).render(report),
            ViewJSONRenderer(view: SystemCallsView()).render(report), HTMLRenderer().render(report),
        ]
        for output in outputs {
            for scalar in ["\u{1b}", "\u{7}", "\u{202e}", "\u{2028}"] as [Character] {
                #expect(!output.contains(scalar))
            }
        }
        #expect(outputs[3].contains("/srv/\\u{1b}]0;x\\u{7}"))
        for text in [outputs[0], outputs[3], outputs[4]] {
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
        }
        #expect(outputs[5].contains("a\\|b\\`c"))
        #expect(!outputs[8].contains("<img"))
    }

    @Test("10,000 damaged lines are read or counted", arguments: 0..<10)
    func damaged(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let fixture = try Data(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
                "Strace/real.strace"))
        let lines = fixture.split(separator: UInt8(ascii: "\n")).map(Array.init)
        for _ in 0..<1_000 {
            var line = try #require(lines.randomElement(using: &random))
            for _ in 0..<Int.random(in: 1...5, using: &random) { Self.damage(&line, &random) }
            line.withUnsafeBytes { bytes in
                let parts = StraceLine(bytes)
                let call = SystemCall(parts)
                #expect(call.activity.target.utf8.count <= 4 * bytes.count + 64)
            }
            var reader = StraceReader(recording: 0, thread: nil)
            line.append(UInt8(ascii: "\n"))
            line.withUnsafeBytes { reader.read($0) { _ in } }
            reader.finish { _ in }
            #expect(reader.counts.lines >= 1)
        }
    }

    private static func damage(_ line: inout [UInt8], _ random: inout SeededGenerator) {
        guard line.count > 1 else { return }
        let start = Int.random(in: 0..<line.count, using: &random)
        let end = Int.random(in: start...min(line.count, start + 30), using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: line.removeSubrange(start..<end)
        case 1: line.insert(contentsOf: line[start..<end], at: Int.random(in: 0...line.count, using: &random))
        case 2: line[start] = UInt8.random(in: 0...255, using: &random)
        case 3: line.insert(contentsOf: Array("<>\"\\()[]{}".utf8).shuffled(using: &random).prefix(3), at: start)
        default: line.removeLast(line.count - start)
        }
    }

    @Test("real files: every line is read", arguments: ["real.strace", "real-stderr.strace", "real-all.strace"])
    func real(name: String) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Strace/" + name)
        let found = try events([.file(file.path)])
        #expect(found.counts.lines > 100)
        #expect(found.counts.unreadable == 0)
        #expect(found.counts.withoutDuration == 0)
        // strace does not leave a thread's calls overlap, but for its rounding.
        var ends: [UInt64: UInt64] = [:]
        for event in found.events.sorted(by: { $0.startWallNanoseconds < $1.startWallNanoseconds }) {
            #expect(event.startWallNanoseconds + 1_000_000 >= ends[event.thread] ?? 0)
            ends[event.thread] = event.startWallNanoseconds + event.durationNanoseconds
        }
        #expect(found.events.contains { $0.activity.kind == .disk && $0.activity.target.hasPrefix("/tmp/corpus/a>b") })
    }
}

import SeededRandom
import Testing
import TraceLog

@testable import TraceReport

@Suite("Sessions that a text in a log invented")
struct InventedSessionTests {
    /// How lines reach a log. `writer` is what the collector says of the process that wrote them.
    enum Collector: CaseIterable {
        case none, crlf, docker, kubernetes, rfc5424, rfc3164, journal, journalJSON, compose, pods, logger

        func line(_ text: String, writer: Process, number: Int) -> String {
            let time = "12:\(10 + number / 60 % 50):\(10 + number % 50)"
            switch self {
            case .none: return text + "\n"
            case .crlf: return text + "\r\n"
            case .docker:
                return #"{"log":"\#(text)\n","stream":"stderr","time":"2026-11-26T\#(time).5Z"}"# + "\n"
            case .kubernetes: return "2026-11-26T\(time).123456789Z stderr F \(text)\n"
            case .rfc5424:
                return "<30>1 2026-11-26T\(time)Z \(writer.host) \(writer.program) \(writer.pid) - - \(text)\n"
            case .rfc3164: return "<30>Nov 26 \(time) \(writer.host) \(writer.program)[\(writer.pid)]: \(text)\n"
            case .journal: return "Nov 26 \(time) \(writer.host) \(writer.program)[\(writer.pid)]: \(text)\n"
            case .journalJSON:
                return #"{"__CURSOR":"s=ab;i=\#(number)c","MESSAGE":"\#(text)","_PID":"\#(writer.pid)","#
                    + #""_HOSTNAME":"\#(writer.host)","_COMM":"\#(writer.program)"}"# + "\n"
            case .compose: return "\(writer.program)-\(writer.pid)  | \(text)\n"
            case .pods: return "[pod/\(writer.host)/\(writer.program)] \(text)\n"
            case .logger: return "2026-11-26T\(time)+0000 info hoofprint: \(text)\n"
            }
        }
    }

    struct Process {
        var pid: UInt64
        var host: String
        var program: String
        var build: String
        var start: UInt64

        init(_ random: inout SeededGenerator) {
            pid = UInt64.random(in: 1...99_999, using: &random)
            host = "host-\(UInt64.random(in: 0...999_999, using: &random))"
            program = "program\(UInt64.random(in: 0...999_999, using: &random))"
            build = String(UInt64.random(in: 0 ... .max, using: &random), radix: 16)
            start = WrittenLog.start + UInt64.random(in: 0...50, using: &random) * 1_000_000_000
        }

        /// Its records, one text each.
        func records(flushes: Int, _ random: inout SeededGenerator) -> [String] {
            var log = WrittenLog(session: UInt64.random(in: 1 ... .max, using: &random))
            log.write(
                .session(
                    SessionRecord(
                        pid: pid, host: host, program: program, buildId: build, startWallNanoseconds: start,
                        clock: "tsc", mode: "aggregate", flushMilliseconds: 10_000, spanCostPicoseconds: 24_000)))
            log.writePath(1, under: 0, "f\(pid)")
            for flush in 1...max(1, flushes) {
                let since = UInt64(flush) * 10_000_000_000
                log.write(
                    .clock(
                        ClockRecord(
                            wallNanoseconds: start + since, monotonicNanoseconds: since, ticks: since,
                            ticksPerSecond: 1_000_000_000)))
                log.writeStats(1, count: UInt64(flush), total: 1000 * UInt64(flush), own: 900, cpu: 900)
            }
            return log.lines.map { String(decoding: $0.dropLast(), as: UTF8.self) }
        }
    }

    /// Without a report, of which there would be thousands.
    private func doubts(_ log: String) throws -> [SessionDoubt] {
        var model = LogModel(limits: Limits(), symbolSource: nil)
        model.inputs = [InputSummary(file: "server.log")]
        var reader = PartReader(model: model, input: 0)
        var source = MemorySource(Array(log.utf8))
        try reader.read(&source, .all, at: 0)
        return SessionDoubts(reader.model.sessions).found()
    }

    /// Lines of several processes among each other, each one's in order.
    private func mixed(_ logs: [[String]], _ random: inout SeededGenerator) -> [String] {
        var rest = logs.filter { !$0.isEmpty }
        var lines: [String] = []
        while !rest.isEmpty {
            let index = Int.random(in: 0..<rest.count, using: &random)
            lines.append(rest[index].removeFirst())
            if rest[index].isEmpty { rest.remove(at: index) }
        }
        return lines
    }

    @Test("each of 10,000 sessions that strangers invented is named, whatever the log came through")
    func strangers() throws {
        var random = SeededGenerator(seed: 1)
        for number in 0..<10_000 {
            let collector = Collector.allCases[number % Collector.allCases.count]
            let honest = Process(&random)
            let forger = Process(&random)
            var lines = honest.records(flushes: 3, &random)
            let last = lines.count - 2
            // Behind a text of the user's, or after a line end in it; the collector says whose line it is.
            let begin = number % 2 == 0 ? "" : "GET /?q="
            let invented = forger.records(flushes: 1, &random)
            let place = Int.random(in: 1...last, using: &random)
            lines = lines.enumerated().map { collector.line($1, writer: honest, number: $0) }
            lines.insert(
                contentsOf: invented.map { text in
                    // A logger's own prefix is before the first line of a text only.
                    if collector == .logger, begin.isEmpty { return text + "\n" }
                    return collector.line(begin + text, writer: honest, number: number % 50)
                }, at: place)
            let log = lines.joined()
            let found = try doubts(log)
            #expect(found.count == 1, "\(number), \(collector)")
        }
    }

    @Test("none of 10,000 logs of honest processes names one, whatever they came through")
    func honest() throws {
        var random = SeededGenerator(seed: 2)
        for number in 0..<10_000 {
            let collector = Collector.allCases[number % Collector.allCases.count]
            var processes = (0..<Int.random(in: 1...4, using: &random)).map { _ in Process(&random) }
            for index in processes.indices.dropFirst() {
                switch collector {
                // These do not tell processes apart: they are of one host, or the same program on several.
                case .none, .crlf, .logger, .docker, .kubernetes:
                    if number % 2 == 0 || collector == .docker || collector == .kubernetes {
                        processes[index].host = processes[0].host
                    } else {
                        processes[index].program = processes[0].program
                        processes[index].build = processes[0].build
                    }
                default: if Bool.random(using: &random) { processes[index].host = processes[0].host }
                }
            }
            let logs = processes.map { process in
                // Restarts: the same process number is another process's, after the first one has ended.
                let first = process.records(flushes: 2, &random)
                var second = process
                second.start += 60_000_000_000
                let restarted = Bool.random(using: &random) ? second.records(flushes: 2, &random) : []
                return (first + restarted).enumerated().map { collector.line($1, writer: process, number: $0) }
            }
            let all = mixed(logs, &random)
            #expect(try doubts(all.joined()) == [], "\(number), \(collector)")
            // A rotated log, whose later file is read first.
            guard number % 8 == 0 else { continue }
            let half = all.count / 2
            #expect(try doubts((all[half...] + all[..<half]).joined()) == [], "\(number), \(collector), rotated")
        }
    }

    @Test("who says to be a process that runs is named, and who writes with another's pen", arguments: [1, 2, 3])
    func impostors(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let honest = Process(&random)
        func log(_ collector: Collector, change: (inout Process) -> Void) -> String {
            var forger = Process(&random)
            change(&forger)
            var lines = honest.records(flushes: 3, &random)
            lines.insert(contentsOf: forger.records(flushes: 1, &random), at: 4)
            return lines.enumerated().map { collector.line($1, writer: honest, number: $0) }.joined()
        }
        for collector in Collector.allCases {
            let same = try doubts(
                log(collector) { ($0.pid, $0.host, $0.start) = (honest.pid, honest.host, honest.start) })
            #expect(same.map(\.reason) == [.sameProcess], "\(collector)")
        }
        // The host is known: only a collector that states process numbers tells.
        for collector in [Collector.rfc5424, .rfc3164, .journal, .journalJSON] {
            #expect(try doubts(log(collector) { $0.host = honest.host }).map(\.reason) == [.otherWriter])
        }
        for collector in [Collector.none, .docker, .kubernetes] {
            #expect(try doubts(log(collector) { $0.host = honest.host }) == [], "cannot be told from a second program")
        }
    }

    @Test("parts of any size find the same", arguments: 0..<10)
    func parts(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let logs = (0..<4).map { _ in Process(&random).records(flushes: 2, &random) }
        // Long texts before records, so that parts end within them.
        let text = String(repeating: "x", count: 300)
        let log = Array(mixed(logs, &random).map { "\(text) \($0)\n" }.joined().utf8)
        func doubts(parts: Int) throws -> [SessionDoubt] {
            var analyser = LogAnalyser(parts: LogAnalyser.Parts(count: parts, minimumBytes: 1))
            try analyser.read(.bytes(log, name: "server.log"))
            return analyser.report().doubts
        }
        let whole = try doubts(parts: 1)
        #expect(!whole.isEmpty)
        for parts in 2...40 { #expect(try doubts(parts: parts) == whole, "\(parts) parts") }
    }

    @Test("a doubt stands in the header, the notes and the JSON, its texts escaped")
    func rendered() throws {
        var random = SeededGenerator(seed: 4)
        var forger = Process(&random)
        (forger.program, forger.host) = ("\u{1b}]0;x\u{7}\u{202e}", "</script><img onerror>|`=cmd()\u{2028}")
        var lines = Process(&random).records(flushes: 3, &random)
        lines.insert(contentsOf: forger.records(flushes: 1, &random), at: 4)
        var analyser = LogAnalyser(parts: LogAnalyser.Parts(count: 3, minimumBytes: 1))
        try analyser.read(.bytes(Array(lines.joined(separator: "\n").utf8), name: "server.log"))
        let report = analyser.report()
        let text = TextRenderer(width: 100).render(report)
        #expect(text.contains("1 session may be invented by a text in the log"))
        #expect(text.contains("has neither its host nor its program and build."))
        #expect(
            text.unicodeScalars.allSatisfy {
                $0.value == 10 || $0.value >= 32 && $0.value != 0x202e && $0.value != 0x2028
            })
        #expect(JSONRenderer().render(report).contains(#""doubt":"stranger""#))
        #expect(!HTMLRenderer().render(report).contains("<img"))
    }
}

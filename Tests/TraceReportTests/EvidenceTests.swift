import SeededRandom
import Testing
import TraceLog

@testable import TraceReport

/// A log with single spans, and what a source says of its threads.
struct WatchedLog {
    var log: WrittenLog
    private var nextSpan: UInt64 = 1

    /// Times are in microseconds after this instant, when the session began.
    static let start = WrittenLog.start

    init(session: UInt64 = 0x5eb6_3bbb_e01e_eed0, pid: UInt64 = 100, mode: String = "every") {
        log = WrittenLog(session: session)
        log.writeSession(pid: pid, mode: mode)
        log.writeClock(seconds: 0)
        log.writePath(1, under: 0, "request")
        log.writePath(2, under: 1, "db.insert")
        log.writePath(3, under: 2, "log")
        log.writePath(4, under: 0, "task", form: .async)
        log.writePath(5, under: 4, "step")
    }

    mutating func span(_ path: UInt64, thread: UInt64 = 100, from start: UInt64, to end: UInt64) {
        log.write(
            .span(
                SpanRecord(
                    path: path, id: nextSpan, parent: 0, thread: thread, startNanoseconds: start * 1_000,
                    durationNanoseconds: (end - start) * 1_000, selfNanoseconds: (end - start) * 1_000,
                    cpuNanoseconds: 0)))
        nextSpan += 1
    }

    /// Returns the evidence, with the log's end at 10 s.
    func report(_ events: [WatchedEvent]) throws -> EvidenceSummary {
        var log = log
        log.writeClock(seconds: 10)
        return try EvidenceTests.report(log.bytes, events).evidence
    }
}

/// A call: its thread, its begin and end in microseconds, its name.
struct WatchedEvent {
    var thread: UInt64 = 100
    var from: UInt64
    var to: UInt64
    var name = "fsync"
    var error = ""
    var recording = 0
}

/// A source as a user would write one.
struct WrittenSource: EvidenceSource {
    var name: String { "written" }
    var events: [WatchedEvent]

    func instants() -> ClosedRange<UInt64> { 0...UInt64.max }

    func read(_ take: (ThreadEvent) -> Void) -> EvidenceCounts {
        for event in events {
            take(
                ThreadEvent(
                    thread: event.thread, recording: event.recording,
                    startWallNanoseconds: WatchedLog.start + event.from * 1_000,
                    durationNanoseconds: (event.to - event.from) * 1_000,
                    activity: ThreadEvent.Activity(name: event.name, kind: .disk, target: "red.db"), error: event.error)
            )
        }
        return EvidenceCounts()
    }
}

@Suite("What was recorded beside a log")
struct EvidenceTests {
    static func report(_ log: [UInt8], _ events: [WatchedEvent]) throws -> Report {
        var analyser = LogAnalyser()
        try analyser.read(.bytes(log, name: "server.log"))
        analyser.evidence = try Evidence(
            of: [WrittenSource(events: events)], logs: [.bytes(log, name: "server.log")])
        return analyser.report()
    }

    /// How often and how long, in microseconds, with what was called and in a function's own code.
    private func calls(_ evidence: EvidenceSummary, _ function: String, _ name: String = "fsync") -> [UInt64] {
        let found = evidence.functions.first { $0.place.name == function }
        guard let activity = found?.activities.first(where: { $0.activity.name == name }) else { return [] }
        return [
            activity.amount.count, activity.amount.nanoseconds / 1_000, activity.own.count,
            activity.own.nanoseconds / 1_000,
        ]
    }

    private var nested: WatchedLog {
        var log = WatchedLog()
        log.span(3, from: 300, to: 400)
        log.span(2, from: 200, to: 800)
        log.span(1, from: 100, to: 1_000)
        return log
    }

    @Test("is the innermost span's own, and of those around it, too")
    func innermost() throws {
        let evidence = try nested.report([
            WatchedEvent(from: 150, to: 160), WatchedEvent(from: 310, to: 350, error: "EIO"),
            WatchedEvent(from: 500, to: 700), WatchedEvent(from: 900, to: 950, name: "read"),
        ])
        #expect(calls(evidence, "request") == [3, 250, 1, 10])
        #expect(calls(evidence, "db.insert") == [2, 240, 1, 200])
        #expect(calls(evidence, "log") == [1, 40, 1, 40])
        #expect(calls(evidence, "request", "read") == [1, 50, 1, 50])
        let insert = try #require(evidence.functions.first { $0.place.name == "db.insert" })
        #expect(insert.activities.first?.errors == [FunctionSummary.ErrorType(type: "EIO", count: 1)])
        #expect(insert.activities.first?.maximumNanoseconds == 200_000)
        #expect(insert.watched == Evidence.Amount(count: 1, nanoseconds: 600_000))
        #expect(insert.ownNanoseconds == 500_000)
        let source = try #require(evidence.sources.first)
        #expect(source.joined == source.events)
        #expect(source.joined == Evidence.Amount(count: 4, nanoseconds: 300_000))
    }

    @Test(
        "counts where most of it lies, and is cut at a span's ends",
        arguments: [
            // Before, across the begin, touching it, within, across the end, after.
            (UInt64(50), UInt64(200), [UInt64]()), (50, 260, [0, 60, 0, 60]), (190, 260, [1, 60, 1, 60]),
            (150, 200, []), (200, 250, [1, 50, 1, 50]), (700, 900, [1, 100, 1, 100]), (780, 900, [0, 20, 0, 20]),
            (800, 900, []), (0, 2_000, [1, 500, 1, 500]),
        ])
    func borders(from: UInt64, to: UInt64, expected: [UInt64]) throws {
        var log = WatchedLog()
        log.span(2, from: 200, to: 800)
        if to == 2_000 { log.span(3, from: 300, to: 400) }
        let evidence = try log.report([WatchedEvent(from: from, to: to)])
        let found = calls(evidence, "db.insert")
        // Of one that lies everywhere the longest part is outside.
        #expect(to == 2_000 ? found == [0, 600, 0, 500] : found == expected)
        let source = try #require(evidence.sources.first)
        let unjoined = source.unjoined[.noSpan] ?? .init()
        #expect(source.joined.nanoseconds + unjoined.nanoseconds == source.events.nanoseconds)
        #expect(source.joined.count + unjoined.count == 1)
    }

    @Test("an instant counts in the span that is open then")
    func instants() throws {
        let evidence = try nested.report([200, 299, 300, 399, 400, 1_000].map { WatchedEvent(from: $0, to: $0) })
        #expect(calls(evidence, "log") == [2, 0, 2, 0])
        #expect(calls(evidence, "db.insert") == [5, 0, 3, 0])
        #expect(evidence.sources.first?.unjoined[.noSpan]?.count == 1)
    }

    @Test("what cannot be joined is said, and why")
    func unjoined() throws {
        var log = nested
        log.span(5, thread: 102, from: 100, to: 200)
        log.span(4, thread: 102, from: 50, to: 900)
        let evidence = try log.report([
            WatchedEvent(from: 10, to: 20), WatchedEvent(thread: 999, from: 10, to: 20),
            WatchedEvent(thread: 102, from: 120, to: 130), WatchedEvent(thread: 102, from: 400, to: 500),
            WatchedEvent(from: 12, to: 18), WatchedEvent(from: 20_000_000, to: 20_000_010),
        ])
        let source = try #require(evidence.sources.first)
        #expect(source.unjoined[.noSpan] == Evidence.Amount(count: 2, nanoseconds: 110_000))
        #expect(source.unjoined[.otherThread]?.count == 1)
        #expect(source.unjoined[.repeated]?.count == 1)
        #expect(source.unjoined[.otherTime]?.count == 1)
        #expect(source.joined == Evidence.Amount(count: 1, nanoseconds: 10_000))
        #expect(source.threads == 3)
        #expect(source.threadsWithSpans == 2)
        #expect(evidence.omissions.asyncSpans.count == 1)
        // An async function has what its sync spans did, and no time of its own.
        #expect(calls(evidence, "task") == [1, 10, 0, 0])
        #expect(
            evidence.of(FunctionPlace(name: "task", function: "task(_:)", file: "Red/Measure.swift", line: 40))?
                .watched.count == 0)
    }

    @Test("spans count as watched from a recording's first event to its last")
    func watched() throws {
        var log = WatchedLog()
        log.span(2, from: 0, to: 100)
        log.span(2, from: 200, to: 300)
        log.span(2, from: 500, to: 600)
        log.span(2, from: 800, to: 900)
        let evidence = try log.report([
            WatchedEvent(from: 220, to: 230), WatchedEvent(from: 550, to: 560),
            WatchedEvent(from: 700, to: 710, recording: 1), WatchedEvent(from: 850, to: 860, recording: 1),
        ])
        let insert = try #require(evidence.functions.first { $0.place.name == "db.insert" })
        #expect(insert.watched == Evidence.Amount(count: 3, nanoseconds: 200_000))
        #expect(insert.ownNanoseconds == 200_000)
    }

    @Test("recursion counts once, in the outermost call")
    func recursion() throws {
        var log = WatchedLog()
        log.log.writePath(6, under: 2, "db.insert", callsite: 2)
        log.span(6, from: 300, to: 400)
        log.span(2, from: 200, to: 800)
        let evidence = try log.report([
            WatchedEvent(from: 310, to: 350), WatchedEvent(from: 500, to: 510), WatchedEvent(from: 900, to: 900),
        ])
        #expect(calls(evidence, "db.insert") == [2, 50, 2, 50])
        let insert = try #require(evidence.functions.first { $0.place.name == "db.insert" })
        #expect(insert.watched == Evidence.Amount(count: 1, nanoseconds: 490_000))
        #expect(insert.ownNanoseconds == 490_000)
    }

    @Test("spans of single requests are joined where a log has no others")
    func requests() throws {
        var log = WatchedLog(mode: "aggregate")
        log.log.write(
            .request(
                RequestRecord(
                    id: 9, path: 1, reason: .slow, startNanoseconds: 100_000, durationNanoseconds: 900_000, spans: 2,
                    isPartial: false, parts: 1)))
        let spans = [(1, 0, 900_000), (2, 100_000, 600_000)].map { path, start, duration in
            TreeRecord.Span(
                path: path, parent: 0, startNanoseconds: start, durationNanoseconds: duration, cpuNanoseconds: 0,
                thread: 100)
        }
        log.log.write(.tree(TreeRecord(request: 9, part: 1, spans: spans)))
        let evidence = try log.report([WatchedEvent(from: 210, to: 350), WatchedEvent(from: 900, to: 910)])
        #expect(calls(evidence, "db.insert") == [1, 140, 1, 140])
        #expect(calls(evidence, "request") == [2, 150, 1, 10])
    }

    @Test("a hung span counts, once")
    func open() throws {
        var log = WatchedLog()
        for age in [1_000_000, 5_000_000] as [UInt64] {
            log.log.write(
                .open(
                    OpenRecord(
                        path: 2, request: 0, thread: 100, startNanoseconds: 200_000, ageNanoseconds: age)))
        }
        let evidence = try log.report([WatchedEvent(from: 210, to: 4_000)])
        #expect(calls(evidence, "db.insert") == [1, 3_790, 1, 3_790])
        #expect(evidence.functions.first?.watched.count == 1)
    }

    @Test("threads that two processes have at once are set apart, and one process can be chosen")
    func ambiguous() throws {
        var (first, second) = (WatchedLog(), WatchedLog(session: 2, pid: 200))
        for part in 0..<5 as Range<UInt64> { first.span(2, from: part * 100, to: part * 100 + 60) }
        second.span(2, from: 120, to: 180)
        first.log.writeClock(seconds: 10)
        second.log.writeClock(seconds: 10)
        let log = first.log.bytes + second.log.bytes
        let events = [WatchedEvent(from: 210, to: 230)]
        let both = try Self.report(log, events).evidence
        #expect(both.sources.first?.unjoined[.ambiguous]?.count == 1)
        #expect(both.omissions.ambiguousThreads == 1)
        let one = try Evidence(
            of: [WrittenSource(events: events)], logs: [.bytes(log, name: "server.log")], process: "100")
        #expect(one.sources.first?.joined.count == 1)
    }

    @Test("a log that is read twice has its spans once")
    func doubles() throws {
        var log = nested
        log.log.writeClock(seconds: 10)
        let bytes = log.log.bytes + log.log.bytes
        let evidence = try Self.report(bytes, [WatchedEvent(from: 310, to: 350)]).evidence
        #expect(calls(evidence, "log") == [1, 40, 1, 40])
        #expect(evidence.functions.map(\.watched.count) == [1, 1, 1])
    }

    @Test("the largest numbers, and spans that contradict each other, do no harm", arguments: 0..<20)
    func hostile(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func number() -> UInt64 {
            switch random.next() % 6 {
            case 0: .max - random.next() % 3
            case 1: 1 << (random.next() % 64)
            case 2: WatchedLog.start + random.next() % 1_000
            default: random.next() % 1_000
            }
        }
        for _ in 0..<20 {
            var log = WatchedLog().log
            var events: [ThreadEvent] = []
            for _ in 0..<20 {
                log.write(
                    .span(
                        SpanRecord(
                            path: random.next() % 6, id: number(), parent: number(), thread: 1 + random.next() % 3,
                            startNanoseconds: number(), durationNanoseconds: number(), selfNanoseconds: number(),
                            cpuNanoseconds: number())))
                if random.next() % 8 == 0 {
                    log.write(
                        .clock(
                            ClockRecord(
                                wallNanoseconds: number(), monotonicNanoseconds: number(), ticks: 0, ticksPerSecond: 1))
                    )
                }
                events.append(
                    ThreadEvent(
                        thread: random.next() % 4, recording: Int(random.next() % 2), startWallNanoseconds: number(),
                        durationNanoseconds: number(), activity: ThreadEvent.Activity(name: "x", kind: .other)))
            }
            var analyser = LogAnalyser()
            try analyser.read(.bytes(log.bytes, name: "server.log"))
            analyser.evidence = try Evidence(
                of: [TakenSource(events: events)], logs: [.bytes(log.bytes, name: "server.log")])
            let report = analyser.report()
            let source = try #require(report.evidence.sources.first)
            #expect(source.joined.count + source.unjoined.values.reduce(0) { $0 + $1.count } == source.events.count)
            #expect(!TextRenderer(width: 80).render(report).isEmpty)
            #expect(!JSONRenderer().render(report).isEmpty)
            let views: [any ReportView] = [ExplainView(report.functions.map(\.place)), SystemCallsView()]
            for view in views { #expect(!view.lines(of: report, in: TextLayout(width: 80)).isEmpty) }
        }
    }
}

/// Events as they are.
private struct TakenSource: EvidenceSource {
    var name: String { "taken" }
    var events: [ThreadEvent]

    func instants() -> ClosedRange<UInt64> { 0...UInt64.max }

    func read(_ take: (ThreadEvent) -> Void) -> EvidenceCounts {
        for event in events { take(event) }
        return EvidenceCounts()
    }
}

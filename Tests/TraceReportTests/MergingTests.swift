import SeededRandom
import Testing
import TraceLog
@testable import TraceReport

/// A log that two readers share gives what one reader would have found.
@Suite("Details of two halves of a log")
struct MergingTests {
    /// What a session's details say, in a form that compares.
    private struct Found: Equatable {
        var requests: [UInt64: KeptRequest]
        var open: [OpenRecord]
        var crash: UInt64?
        var usages: [UInt64: UInt64]
        var counters: [String: CounterModel]

        init(_ details: SessionDetails) {
            requests = details.requests.kept
            open = details.openSpans.spans
            crash = details.openSpans.crash?.sequence
            usages = details.resources.usages.mapValues(\.value.minorFaults)
            counters = [:]
            for (key, counter) in details.resources.counters { counters[key.probe + "." + key.name] = counter }
        }
    }

    private func read(_ records: some Sequence<(offset: Int, element: Record)>) -> SessionDetails {
        var details = SessionDetails()
        var budget = DetailBudget(Limits())
        for (sequence, record) in records {
            _ = details.take(record, sequence: UInt64(sequence), budget: &budget)
        }
        return details
    }

    /// Flushes as a program writes them, with requests that push each other out, and perhaps a crash at the end.
    private func records(seed: UInt64) -> [Record] {
        var random = SeededGenerator(seed: seed)
        var records: [Record] = []
        var id: UInt64 = 0
        for flush in 1...5 as ClosedRange<UInt64> {
            records.append(
                .clock(
                    ClockRecord(
                        wallNanoseconds: flush, monotonicNanoseconds: flush * 10, ticks: flush, ticksPerSecond: 1)))
            records.append(.usage(UsageRecord(path: 1, minorFaults: flush)))
            for _ in 0..<6 {
                id += 1
                var all = WrittenLog.spans(
                    (0...random.next() % 7).map { (path: 1 + $0 % 2, parent: 0, start: 0, took: 0, cpu: $0) })
                all[0].durationNanoseconds = random.next() % 20
                let reason: RequestRecord.Reason = random.next() % 4 == 0 ? .failed : .slow
                records += WrittenLog.request(id, all, reason: reason, piece: 2)
            }
            for _ in 0..<random.next() % 4 { records.append(open(&random)) }
            let value = random.next() % 3 == 0 ? random.next() % 50 : flush * 10
            records.append(
                .probe(ProbeRecord(name: "process", counters: [ProbeRecord.Counter(name: "user_us", value: value)])))
        }
        if seed % 3 == 0 {
            records.append(.crash(CrashRecord(signal: 11, thread: 1)))
            for _ in 0..<3 { records.append(open(&random)) }
            records.append(
                .clock(ClockRecord(wallNanoseconds: 9, monotonicNanoseconds: 90, ticks: 9, ticksPerSecond: 1)))
            records.append(open(&random))
        }
        return records
    }

    private func open(_ random: inout SeededGenerator) -> Record {
        let (thread, start) = (random.next() % 50, random.next() % 9)
        return .open(
            OpenRecord(path: 1, request: 1, thread: thread, startNanoseconds: start, ageNanoseconds: 1))
    }

    @Test("are those of the whole, wherever it is cut", arguments: 1...12)
    func cut(seed: UInt64) {
        let records = Array(records(seed: seed).enumerated())
        let whole = Found(read(records))
        #expect(whole.requests.values.contains { $0.pieces.count > 1 })
        #expect((whole.crash != nil) == (seed % 3 == 0))
        for cut in 0...records.count {
            var first = read(records[..<cut])
            var budget = DetailBudget(Limits())
            #expect(first.merge(read(records[cut...]), budget: &budget) == 0)
            #expect(Found(first) == whole, "seed \(seed), cut at \(cut)")
        }
    }

    @Test("requests and open spans are the same where the later half is read first", arguments: 1...12)
    func reversed(seed: UInt64) {
        let records = Array(records(seed: seed).enumerated())
        let whole = Found(read(records))
        for cut in 0...records.count {
            let found = Found(read(records[cut...] + records[..<cut]))
            #expect(found.requests == whole.requests, "seed \(seed), cut at \(cut)")
            #expect(found.open == whole.open && found.crash == whole.crash, "seed \(seed), cut at \(cut)")
            #expect(found.usages == whole.usages)
        }
    }

    @Test("a log read in parts gives the report of the whole", arguments: 2...7)
    func parts(count: Int) throws {
        let log = WrittenLog.watchedPictureService().bytes
        func report(_ parts: Int) throws -> Report {
            var analyser = LogAnalyser(parts: LogAnalyser.Parts(count: parts, minimumBytes: 1))
            try analyser.read(.bytes(log, name: "server.log"))
            return analyser.report()
        }
        let (whole, found) = (try report(1), try report(count))
        #expect(whole.requests.count == 3 && whole.open.count == 2 && whole.resources.counters.count == 2)
        #expect(found.requests == whole.requests)
        #expect(found.open == whole.open)
        #expect(found.tree == whole.tree)
        #expect(found.resources == whole.resources)
    }

    @Test("memory for requests does not grow with the log, and what is pushed out gives its room back")
    func room() {
        var details = SessionDetails()
        var limits = Limits()
        (limits.slowestPerRoot, limits.failedPerRoot, limits.requestSpans) = (3, 3, 60)
        var budget = DetailBudget(limits)
        var sequence: UInt64 = 0
        for id in 1...2_000 as ClosedRange<UInt64> {
            let spans = WrittenLog.spans((0..<10).map { (path: 1, parent: 0, start: 0, took: id, cpu: $0) })
            for record in WrittenLog.request(id, spans, reason: id % 2 == 0 ? .slow : .failed, piece: 3) {
                #expect(details.take(record, sequence: sequence, budget: &budget))
                sequence += 1
            }
        }
        #expect(details.requests.kept.keys.sorted() == [1_995, 1_996, 1_997, 1_998, 1_999, 2_000])
        #expect(budget.requestSpans == 0 && budget.requests == limits.requests - 6)
    }
}

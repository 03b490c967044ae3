import Foundation
import SeededRandom
import Testing
import TraceLog
import TraceReport

/// Whole records with right checksums that say what cannot be true.
@Suite("Records that contradict each other")
struct HostileDetailTests {
    /// Numbers that meet often, and those at which sums overflow.
    private func number(_ random: inout SeededGenerator) -> UInt64 {
        switch random.next() % 12 {
        case 0: .max
        case 1: .max - random.next() % 3
        case 2: 1 << (random.next() % 64)
        default: random.next() % 6
        }
    }

    private func record(_ random: inout SeededGenerator) -> Record {
        switch random.next() % 10 {
        case 0:
            return .clock(
                ClockRecord(
                    wallNanoseconds: number(&random), monotonicNanoseconds: number(&random), ticks: number(&random),
                    ticksPerSecond: number(&random)))
        case 1:
            return .path(
                PathRecord(
                    id: number(&random), parent: number(&random), callsite: number(&random),
                    form: random.next() % 2 == 0 ? .sync : .async))
        case 2: return .stats(stats(&random))
        case 3:
            return .request(
                RequestRecord(
                    id: number(&random), path: number(&random), reason: random.next() % 3 == 0 ? .failed : .slow,
                    startNanoseconds: number(&random), durationNanoseconds: number(&random), spans: number(&random),
                    isPartial: false, parts: number(&random)))
        case 4, 5:
            let spans = (0...random.next() % 4).map { _ in span(&random) }
            return .tree(TreeRecord(request: number(&random), part: number(&random), spans: spans))
        case 6:
            return .open(
                OpenRecord(
                    path: number(&random), request: number(&random), thread: number(&random),
                    startNanoseconds: number(&random), ageNanoseconds: number(&random)))
        case 7:
            return .probe(
                ProbeRecord(name: "p", counters: [ProbeRecord.Counter(name: "c", value: number(&random))]))
        case 8:
            return .usage(
                UsageRecord(path: number(&random), minorFaults: number(&random), blocksOut: number(&random)))
        default: return .crash(CrashRecord(signal: number(&random), thread: number(&random)))
        }
    }

    private func stats(_ random: inout SeededGenerator) -> StatsRecord {
        var histogram = DurationHistogram()
        for _ in 0..<random.next() % 3 {
            histogram.add(bucket: Int(random.next() % 2_816), occurrences: number(&random))
        }
        return StatsRecord(
            path: number(&random), count: number(&random), totalNanoseconds: number(&random),
            selfNanoseconds: number(&random), cpuNanoseconds: number(&random), maximumNanoseconds: number(&random),
            errors: number(&random), folded: number(&random), histogram: histogram)
    }

    private func span(_ random: inout SeededGenerator) -> TreeRecord.Span {
        TreeRecord.Span(
            path: number(&random), parent: number(&random), startNanoseconds: number(&random),
            durationNanoseconds: number(&random), cpuNanoseconds: number(&random), thread: number(&random))
    }

    @Test("give a report whose parts fit together", arguments: 0..<8)
    func contradictions(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<150 {
            var log = WrittenLog(session: 1, firstSequence: round % 5 == 0 ? .max - 90 : 0)
            log.writeSession()
            log.writeCallsite(1, "f")
            for _ in 0..<60 { log.write(record(&random)) }
            let found = try report(log.bytes)
            for request in found.requests { #expect(isSound(request), "seed \(seed), round \(round): \(request)") }
            for (index, node) in found.tree.nodes.enumerated() {
                #expect(node.parent ?? -1 < index && found.tree.functions.indices.contains(node.function))
            }
            for function in found.functions {
                if let interval = function.p99Interval { #expect(interval.contains(function.p99Nanoseconds ?? 0)) }
            }
            #expect(found.open.allSatisfy { !$0.stack.isEmpty })
            _ = try JSONSerialization.jsonObject(with: Data(JSONRenderer().render(found).utf8))
        }
    }

    /// Whether spans stand after their parents and the critical path covers the request.
    private func isSound(_ request: RequestSummary) -> Bool {
        var end: UInt64 = 0
        for segment in request.criticalPath {
            guard segment.startNanoseconds == end, segment.endNanoseconds > end,
                request.spans.indices.contains(segment.span)
            else { return false }
            end = segment.endNanoseconds
        }
        return end == request.durationNanoseconds
            && request.spans.enumerated().allSatisfy { index, span in
                span.selfNanoseconds <= span.durationNanoseconds && (span.parent ?? -1) < index
                    && (span.parent == nil) == (index == 0)
            }
    }
}

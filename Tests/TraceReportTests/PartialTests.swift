import SeededRandom
import Testing
import TraceLog

@testable import TraceReport

@Suite("Partials: what logs say, as a line that is joined with others")
struct PartialTests {
    private func report(of inputs: [LogInput]) throws -> String {
        var analyser = LogAnalyser()
        try analyser.read(inputs)
        return JSONRenderer().render(analyser.report())
    }

    /// Joins partials two or three at a time, in any order, until one is left.
    private func joined(_ inputs: [LogInput], _ random: inout SeededGenerator) throws -> [LogInput] {
        var inputs = inputs.shuffled(using: &random)
        while inputs.count > 1 {
            let count = min(inputs.count, Int.random(in: 1...3, using: &random))
            let line = try Partial(of: Array(inputs.prefix(count))).encoded()
            inputs.removeFirst(count)
            inputs.insert(
                .bytes(line, name: "partial"), at: inputs.isEmpty ? 0 : Int.random(in: 0...inputs.count, using: &random)
            )
        }
        return inputs
    }

    @Test("the report is that of one run, byte for byte, however logs are grouped and ordered", arguments: 0..<16)
    func grouping(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let fleet = FleetLogs(seed: seed)
        let whole = try report(of: fleet.inputs())
        let order = Array(fleet.logs.indices).shuffled(using: &random)
        #expect(try report(of: fleet.inputs(order)) == whole, "seed \(seed): the logs, in another order")
        let lines = try fleet.inputs().shuffled(using: &random).map { try Partial(of: [$0]).encoded() }
        let atOnce = LogInput.bytes(Array(lines.joined()), name: "partials")
        #expect(try report(of: [atOnce]) == whole, "seed \(seed): a line a log")
        #expect(try report(of: joined(fleet.inputs(), &random)) == whole, "seed \(seed): in a tree")
        let (some, others) = (Array(fleet.inputs().prefix(5)), Array(fleet.inputs().dropFirst(5)))
        let half = LogInput.bytes(try Partial(of: some).encoded(), name: "half")
        #expect(try report(of: [half] + others) == whole, "seed \(seed): beside logs")
    }

    @Test("joined again, a partial is the same line")
    func again() throws {
        let line = try Partial(of: FleetLogs(seed: 1).inputs()).encoded()
        #expect(try Partial(of: [.bytes(line, name: "x")]).encoded() == line)
        #expect(line.count(where: { $0 == UInt8(ascii: "\n") }) == 1 && line.last == UInt8(ascii: "\n"))
        #expect(line.allSatisfy { $0 == UInt8(ascii: "\n") || (0x20..<0x7f).contains($0) })
    }

    /// Three stretches of one process's log that lie across each other.
    private static var overlapping: [LogInput] {
        var log = WrittenLog(session: 9)
        log.writeSession(mode: "every")
        log.writePath(1, under: 0, "f")
        for second in 0..<30 as Range<UInt64> {
            log.writeClock(seconds: second)
            log.write(
                .span(
                    SpanRecord(
                        path: 1, id: 1, parent: 0, thread: 1, startNanoseconds: 0, durationNanoseconds: 1 + second,
                        selfNanoseconds: 1, cpuNanoseconds: 1)))
        }
        return [0..<30, 20..<50, 40..<63].enumerated().map { index, lines in
            .bytes(Array(log.lines[lines].joined()), name: "\(index).log")
        }
    }

    @Test("logs that share a part of their records are read as in one run where one partial is of both")
    func shared() throws {
        let logs = Self.overlapping
        let whole = try report(of: logs)
        let line = try Partial(of: logs).encoded()
        #expect(try report(of: [.bytes(line, name: "x")]) == whole)
        let both = try Partial(of: [logs[1], .bytes(try Partial(of: [logs[0]]).encoded(), name: "x")]).encoded()
        #expect(try report(of: [logs[2], .bytes(both, name: "y")]) == whole)
        #expect(whole.contains("\"skipped\":10,"))
    }

    @Test("partials of which each holds a part of the other's records are not joined, and it is said what to do")
    func refused() throws {
        let lines = try Self.overlapping.map { try Partial(of: [$0]).encoded() }
        let error = #expect(throws: LogReadError.self) {
            try report(of: [.bytes(lines[0] + lines[1], name: "both.partial")])
        }
        #expect(error?.name == "1.log")
        #expect(error?.reason?.contains("write one partial of both logs") == true)
    }

    @Test("windows of time get wider for what is joined as for what is read at once")
    func windows() throws {
        var logs: [LogInput] = []
        for file in 0..<3 as Range<UInt64> {
            var log = WrittenLog(session: 9, firstSequence: file * 200_000)
            log.writeSession(mode: "every")
            log.writeCallsite(1, "f")
            for path in 1...600 as ClosedRange<UInt64> {
                log.writePath(path, under: path == 1 ? 0 : 1, "", callsite: 1)
            }
            for second in 0..<18 as Range<UInt64> {
                log.writeClock(seconds: file * 18 + second)
                for path in 1...600 as ClosedRange<UInt64> {
                    log.write(
                        .span(
                            SpanRecord(
                                path: path, id: 1, parent: 0, thread: 1, startNanoseconds: 0,
                                durationNanoseconds: 1 << (path % 30), selfNanoseconds: 1, cpuNanoseconds: 1)))
                }
            }
            logs.append(.bytes(log.bytes, name: "server.log.\(3 - file)"))
        }
        var analyser = LogAnalyser()
        try analyser.read(logs)
        #expect(analyser.report().timeline.windowNanoseconds > 1_000_000_000)
        let whole = try report(of: logs)
        let line = try Partial(of: logs).encoded()
        #expect(try report(of: [.bytes(line, name: "x")]) == whole)
    }
}

import Foundation
import Testing
import TraceLog
import TraceReport

@Suite("What a report says is true")
struct TruthTests {
    private func report(_ logs: [UInt8]..., sortedBy key: SortKey = .selfTime) throws -> Report {
        var analyser = LogAnalyser()
        for (index, log) in logs.enumerated() { try analyser.read(.bytes(log, name: "log\(index)")) }
        return analyser.report(sortedBy: key)
    }

    @Test("the newest counters of each path hold, by function, and shares add up to one")
    func newest() throws {
        let report = try report(WrittenLog.pictureService().bytes)
        let decode = try #require(report.functions.first)
        #expect(decode.name == "image.decode")
        #expect(decode.count == 300)
        #expect(decode.totalNanoseconds == 3_900_000_000)
        #expect(decode.selfNanoseconds == 3_000_000_000)
        #expect(decode.selfCPUNanoseconds == 3 * (1_280_000_000 - 299_000_000))
        #expect(abs(report.functions.reduce(0) { $0 + $1.share } - 1) < 1e-9)
        let p50 = try #require(decode.p50Nanoseconds)
        #expect(abs(Double(p50) - 13_000_000) <= 13_000_000 * 0.008)
        #expect(report.functions.reduce(0) { $0 + $1.selfNanoseconds } == 6_000_000_000)
    }

    @Test("each key sorts, largest first", arguments: SortKey.allCases)
    func sorting(key: SortKey) throws {
        let functions = try report(WrittenLog.pictureService().bytes, sortedBy: key).functions
        func value(_ function: FunctionSummary) -> UInt64 {
            switch key {
            case .total: function.totalNanoseconds
            case .selfTime: function.selfNanoseconds
            case .cpu: function.cpuNanoseconds
            case .wait: function.waitNanoseconds
            case .p50: function.p50Nanoseconds ?? 0
            case .p95: function.p95Nanoseconds ?? 0
            case .p99: function.p99Nanoseconds ?? 0
            case .max: function.maximumNanoseconds
            case .count: function.count
            case .errors: function.errors
            }
        }
        #expect(functions.map(value) == functions.map(value).sorted(by: >))
    }

    @Test("recursion over several functions counts once in inclusive time")
    func recursion() throws {
        var log = WrittenLog(session: 7)
        log.writeSession()
        log.writeClock(seconds: 1)
        log.writePath(1, under: 0, "a")
        log.writePath(2, under: 1, "b")
        log.writePath(3, under: 2, "a", callsite: 1)
        log.writeStats(1, count: 1, total: 100, own: 10, cpu: 100)
        log.writeStats(2, count: 1, total: 90, own: 20, cpu: 90)
        log.writeStats(3, count: 2, total: 70, own: 70, cpu: 70)
        let functions = try report(log.bytes).functions
        let a = try #require(functions.first { $0.name == "a" })
        #expect(a.count == 3)
        #expect(a.totalNanoseconds == 100)
        #expect(a.selfNanoseconds == 80)
        #expect(a.cpuNanoseconds == 100)
    }

    @Test("the order of files and a file given twice change nothing")
    func rotation() throws {
        let lines = WrittenLog.pictureService().lines
        let cut = lines.count / 2
        let first = Array(lines[..<cut].joined())
        let second = Array(lines[cut...].joined())
        let whole = try report(first + second)
        for again in [try report(second, first), try report(first, second, first)] {
            #expect(again.functions == whole.functions)
            #expect(again.processes == whole.processes)
            #expect(again.inputs.reduce(0) { $0 + $1.lost } == 0)
        }
        #expect(try report(first, second, first).inputs.last?.duplicates == UInt64(cut))
    }

    @Test("lost lines are counted exactly, and totals are those of the newest lines left", arguments: 1...20)
    func loss(seed: Int) throws {
        var state = UInt64(seed)
        let log = WrittenLog.pictureService()
        // The last line stays: what is lost after the newest line there is cannot be known.
        let kept = log.lines.enumerated().filter { index, line in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let isTable = [" path ", " callsite ", " session ", " clock "].contains { kind in
                String(decoding: line, as: UTF8.self).hasPrefix("~hp1\(kind)")
            }
            return isTable || index == log.lines.count - 1 || state >> 62 != 0
        }.map(\.element)
        let report = try report(Array(kept.joined()))
        #expect(report.inputs.first?.lost == UInt64(log.lines.count - kept.count))
        var newest: [UInt64: StatsRecord] = [:]
        for line in kept {
            if case .record(_, .stats(let stats)) = RecordDecoder.decode(Array(line.dropLast())) {
                newest[stats.path] = stats
            }
        }
        let names = [1: "POST /images", 2: "image.decode", 3: "image.red.count", 4: "image.store", 5: "cache.lookup"]
        for (path, stats) in newest {
            let function = try #require(report.functions.first { $0.name == names[Int(path)] })
            #expect(function.count == stats.count)
            #expect(function.selfNanoseconds == stats.selfNanoseconds)
        }
    }

    @Test("records of a session that nothing announces are set apart, and counted")
    func forged() throws {
        var forger = WrittenLog(session: 1)
        forger.writePath(1, under: 0, "innocent")
        forger.writeStats(1, count: 9, total: 9_000_000_000_000, own: 9_000_000_000_000, cpu: 0)
        let honest = WrittenLog.pictureService().bytes
        let report = try report(honest + forger.bytes)
        #expect(report.inputs.first?.forged == 3)
        #expect(report.functions == (try self.report(honest)).functions)
    }

    @Test("single spans add up as their tree does")
    func every() throws {
        var log = WrittenLog(session: 5)
        log.writeSession(mode: "every")
        log.writeClock(seconds: 1)
        log.writePath(1, under: 0, "root")
        log.writePath(2, under: 1, "leaf")
        var id: UInt64 = 0
        for request in 1...100 as ClosedRange<UInt64> {
            let root = id + 3
            for child in 1...2 as ClosedRange<UInt64> {
                log.write(
                    .span(
                        SpanRecord(
                            path: 2, id: id + child, parent: root, thread: 1, startNanoseconds: 0,
                            durationNanoseconds: 1000 * request, selfNanoseconds: 1000 * request, cpuNanoseconds: 10,
                            error: child == 2 ? "E" : "")))
            }
            log.write(
                .span(
                    SpanRecord(
                        path: 1, id: root, parent: 0, thread: 1, startNanoseconds: 0,
                        durationNanoseconds: 3000 * request, selfNanoseconds: 1000 * request, cpuNanoseconds: 20)))
            id += 3
        }
        let functions = try report(log.bytes).functions
        let leaf = try #require(functions.first { $0.name == "leaf" })
        #expect(leaf.count == 200)
        #expect(leaf.totalNanoseconds == 2 * 5_050_000)
        #expect(leaf.errors == 100)
        #expect(leaf.errorTypes.first?.type == "E")
        let p99 = try #require(leaf.p99Nanoseconds)
        #expect(abs(Double(p99) - 99_000) <= 99_000 * 0.008)
        #expect(functions.reduce(0) { $0 + $1.selfNanoseconds } == 3000 * 5050)
    }

    @Test("altered, cut and mixed logs give a report or nothing, and never more calls than were made")
    func mutations() throws {
        let log = WrittenLog.pictureService().bytes
        var state: UInt64 = 20_261_124
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for round in 0..<1500 {
            var bytes = log
            for _ in 0...random(6) {
                let at = random(bytes.count)
                switch random(4) {
                case 0: bytes[at] = UInt8(random(256))
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + random(200)))
                case 2:
                    bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + random(200))], at: random(bytes.count))
                default: bytes.insert(contentsOf: (0..<random(40)).map { _ in UInt8(random(256)) }, at: at)
                }
                if bytes.isEmpty { bytes = [10] }
            }
            let report = try report(bytes)
            for function in report.functions { #expect(function.count <= 6000, "round \(round)") }
            #expect(!TextRenderer(width: 80).render(report).isEmpty)
        }
    }

    @Test("tables that go in circles do not hang")
    func cycles() throws {
        var log = WrittenLog(session: 3)
        log.writeSession()
        log.writeClock(seconds: 1)
        for id in 1...5 as ClosedRange<UInt64> { log.writePath(id, under: id % 5 + 1, "p\(id)") }
        log.writePath(6, under: 6, "p6")
        for id in 1...6 as ClosedRange<UInt64> { log.writeStats(id, count: 1, total: 10, own: 5, cpu: 5) }
        let report = try report(log.bytes)
        #expect(report.functions.count == 6)
        #expect(report.cyclicPaths > 0)
    }
}

import Foundation
import TestSupport
import Testing
import TraceLog

@testable import Hoofprint

@Suite("Samplers")
struct SamplerTests {
    @Test("what threads wait for is found out, under the right path", arguments: ["aggregate", "every"])
    func waits(mode: String) throws {
        let run = try ScenarioRun.run("waits", ["HOOFPRINT": mode, "HOOFPRINT_WAITS": "500"])
        #expect(run.status == 0)
        let seen = run.log.samples(of: "waits")
        let expected = [
            "locked": "lock", "piped": "pipe", "received": "network", "polled": "poll", "slept": "sleep",
            "spawned": "child", "outer > computed": "running",
        ]
        // A span that is about to wait, or has just been woken, is seen running now and then.
        #expect(Set(seen.keys).subtracting(["outer"]) == Set(expected.keys))
        for (path, what) in expected {
            let counts = seen[path] ?? [:]
            let all = counts.values.reduce(0, +)
            #expect(all >= 40)
            #expect((counts[what] ?? 0) * 2 > all, "\(path): \(counts)")
        }
    }

    @Test("without the variable nothing is sampled")
    func off() throws {
        #expect(try ScenarioRun.run("nested").log.samples.isEmpty)
        let run = try ScenarioRun.run("nested", ["HOOFPRINT_WAITS": "off"])
        #expect(run.log.samples.isEmpty && run.log.foreignLines.isEmpty)
    }

    @Test("a number that cannot be read is told, and nothing sampled", arguments: ["often", "-1", "1001"])
    func badNumber(value: String) throws {
        let log = try ScenarioRun.run("nested", ["HOOFPRINT_WAITS": value]).log
        #expect(log.foreignLines == ["hoofprint: HOOFPRINT_WAITS='\(value)' is no number from 0 to 1000; using 0"])
        #expect(log.samples.isEmpty)
    }

    @Test("threads that exit while they are looked at do no harm, and every sample has a path that is in the log")
    func churn() throws {
        let run = try ScenarioRun.run("waits-churn", ["HOOFPRINT_WAITS": "1000"])
        #expect(run.status == 0)
        let log = run.log
        let seen = log.samples(of: "waits")
        #expect(Set(seen.keys).isSubset(of: ["thread", "thread > leaf"]), "\(seen)")
        let roots = try #require(log.counts["thread"])
        #expect(log.counts["thread > leaf"] == roots.map { $0 * 2000 })
    }

    @Test("a forked child is sampled in its own session, and the parent's counts are not in it")
    func fork() throws {
        let run = try ScenarioRun.run("waits-forked", ["HOOFPRINT_WAITS": "1000"])
        #expect(run.status == 0)
        let sessions = DecodedLog.sessions(run.standardError)
        #expect(sessions.map { Array($0.samples(of: "waits").keys) } == [["parent"], ["child"]])
    }

    @Test("a thousand forks while a sampler looks: no child hangs")
    func forkOften() throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let run = try ScenarioRun.run("fork-often", ["HOOFPRINT_SINK": "file:\(log.path)", "HOOFPRINT_WAITS": "100"])
        #expect(run.status == 0)
        let sessions = DecodedLog.sessions([UInt8](try Data(contentsOf: log)))
        #expect(sessions.count == 501)
        #expect(sessions.first?.samples.isEmpty == false)
    }

    @Test("a user's sampler starts and stops with recording and with sampling, and its stacks come into the log")
    func own() throws {
        let run = try ScenarioRun.run("own-sampler")
        let diary = run.output
        #expect(diary == "start look stop start look stop start look stop\n")
        let log = run.log
        let told = "hoofprint: the sampler 'unfit' does not work here: there are no hardware counters"
        #expect(log.foreignLines == [told, told, told])
        let sample = try #require(log.samples.first)
        #expect(log.name(ofPath: sample.path) == "watched")
        #expect(sample.stack == SampleRecord.Stack(frames: [0x1000, 0x2000], callers: [0x30]))
        #expect(sample.count > 0)
    }

    @Test("a sampler that hangs holds up neither the log, nor a fork, nor the end")
    func hung() throws {
        let run = try ScenarioRun.run("hung-sampler")
        #expect(run.status == 0)
        #expect(run.log.endReason == "shutdown")
        #expect(run.log.samples(of: "diary")["watched"]?["seen"] ?? 0 > 0)
    }

    @Test("counts add up over drains, and what did not change is not given again until the log begins anew")
    func table() {
        var table = SampleTable()
        var names = CodeNames()
        let path = SpanPath(id: 7)
        table.add(
            [Sample(path: path, what: "lock", count: 2), Sample(path: path, what: "disk")], of: "waits", names: &names)
        #expect(
            Set(table.takeChanged().map { "\($0.path) \($0.what) \($0.count)" }) == ["7 lock 2", "7 disk 1"])
        table.add(
            [Sample(path: path, what: "lock", count: 3), Sample(path: nil, what: "idle", count: 0)], of: "waits",
            names: &names)
        #expect(
            table.takeChanged() == [SampleRecord(sampler: "waits", path: 7, what: "lock", count: 5)])
        #expect(table.takeChanged().isEmpty)
        table.startOver()
        #expect(table.takeChanged().count == 2)
    }

    @Test("what finds no room is counted all the same, and nothing is lost")
    func bounds() {
        var table = SampleTable(maximumCounters: 10, maximumAddresses: 100)
        var names = CodeNames()
        for path in 1...50 as ClosedRange<UInt32> {
            table.add([Sample(path: SpanPath(id: path), what: "lock", count: 2)], of: "waits", names: &names)
        }
        let deep = Sample(path: nil, what: "deep", frames: Array(repeating: 1, count: 300))
        var stacks = SampleTable(maximumCounters: 10, maximumAddresses: 200)
        stacks.add([deep], of: "stacks", names: &names)
        stacks.add(
            [Sample(path: nil, what: "other", frames: Array(repeating: 2, count: 100))], of: "stacks", names: &names)
        let kept = table.takeChanged()
        #expect(kept.count == 11)
        #expect(kept.reduce(0) { $0 + $1.count } == 100)
        #expect(kept.contains(SampleRecord(sampler: "waits", path: 0, what: "(other)", count: 80)))
        let cut = SampleRecord.Stack(frames: Array(repeating: 1, count: 128), isCut: true)
        let expected = [
            SampleRecord(sampler: "stacks", path: 0, what: "deep", count: 1, stack: cut),
            SampleRecord(sampler: "stacks", path: 0, what: "(other)", count: 1),
        ]
        #expect(stacks.takeChanged().sorted { $0.what > $1.what } == expected.sorted { $0.what > $1.what })
    }
}

import Foundation
import TestSupport
import Testing
import TraceLog

/// What requests use beside time.
@Suite("Page faults and switches of requests")
struct UsageTests {
    private func usage(_ log: DecodedLog) -> [String: UsageRecord] {
        var usage: [String: UsageRecord] = [:]
        for case .usage(let record) in log.records.map(\.record) { usage[log.name(ofPath: record.path)] = record }
        return usage
    }

    @Test("are charged to the root that had them, and to no other", arguments: ["aggregate", "every"])
    func roots(mode: String) throws {
        let log = try ScenarioRun.run("usage", ["HOOFPRINT": mode], wrapper: ["taskset", "-c", "0"]).log
        let usage = usage(log)
        #expect(usage.keys.allSatisfy { !$0.contains(">") })
        let touch = try #require(usage["touch"])
        #expect((20_000...21_000).contains(touch.minorFaults) && touch.majorFaults == 0)
        #expect((8000...9000).contains(try #require(usage["request"]).minorFaults))
        let sleep = try #require(usage["sleep"])
        #expect((20...40).contains(sleep.voluntarySwitches) && sleep.minorFaults < 500)
        #expect(usage["compute", default: UsageRecord(path: 0)].minorFaults < 500)
        #expect(try #require(usage["contended"]).involuntarySwitches >= 4)
    }

    @Test("are told again only where they changed")
    func unchanged() throws {
        let log = try ScenarioRun.run("flushes").log
        let records = log.records.compactMap { entry -> UsageRecord? in
            if case .usage(let record) = entry.record { record } else { nil }
        }
        for (earlier, later) in zip(records, records.dropFirst()) {
            #expect(earlier != later && earlier.minorFaults <= later.minorFaults)
        }
    }

    @Test("of a killed process are in its ring file")
    func killed() throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let environment = ["HOOFPRINT_SINK": "file:\(log.path)"]
        let killed = try ScenarioRun.run("usage-killed", environment)
        #expect(killed.wasEndedBySignal)
        _ = try ScenarioRun.run("nested", environment)
        let sessions = DecodedLog.sessions([UInt8](try Data(contentsOf: log)))
        #expect(sessions.count == 2 && sessions.first?.endReason == "killed")
        let recovered = try #require(sessions.first.map(usage)?["touch"])
        #expect((4000...5000).contains(recovered.minorFaults))
    }

    @Test("of a forked child begin at nothing")
    func forked() throws {
        let run = try ScenarioRun.run("usage-forked")
        #expect(run.status == 0)
        let touched = try DecodedLog.sessions(run.standardError).map { try #require(usage($0)["touch"]).minorFaults }
        #expect(touched.count == 2)
        #expect((20_000...21_000).contains(touched[0]))
        #expect((1000...3000).contains(touched[1]))
    }

    @Test("of a thread are not those of the one that had its recorder before")
    func reusedThread() throws {
        let usage = usage(try ScenarioRun.run("usage-thread-reused").log)
        #expect((20_000...21_000).contains(try #require(usage["before"]).minorFaults))
        #expect(usage["after", default: UsageRecord(path: 0)].minorFaults < 1000)
    }
}

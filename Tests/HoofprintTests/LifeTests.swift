import Foundation
import TestSupport
import Testing
import TraceLog

@Suite("A recording from bootstrap to end")
struct LifeTests {
    @Test("without a bootstrap nothing is recorded or written")
    func unset() throws {
        let run = try ScenarioRun.run("unset")
        #expect(run.status == 0)
        #expect(run.standardError.isEmpty)
    }

    @Test("switched off by the environment nothing is written")
    func off() throws {
        let run = try ScenarioRun.run("nested", ["HOOFPRINT": "off"])
        #expect(run.status == 0)
        #expect(run.standardError.isEmpty)
    }

    @Test("recording can be switched off and on while it runs")
    func switched() throws {
        let log = try ScenarioRun.run("switched").log
        #expect(log.counts["request"] == [1])
        #expect(log.counts["late"] == [1])
    }

    @Test("exit() in the midst flushes, keeps the status, and ends the session")
    func exit() throws {
        let run = try ScenarioRun.run("exit")
        #expect(run.status == 3)
        #expect(run.log.counts["request"] == [1])
        #expect(run.log.records.last?.record == .end(EndRecord(reason: "shutdown")))
    }

    @Test("spans after the shutdown do nothing")
    func afterShutdown() throws {
        let run = try ScenarioRun.run("after-shutdown")
        #expect(run.status == 0)
        #expect(run.log.counts["request"] == [1])
    }

    @Test("a second bootstrap is told and changes nothing")
    func twice() throws {
        let log = try ScenarioRun.run("twice").log
        #expect(log.foreignLines == ["hoofprint: bootstrap was called a second time; the first configuration stays"])
    }

    @Test("misuse does no harm and is counted")
    func misuse() throws {
        let run = try ScenarioRun.run("misuse")
        #expect(run.status == 0)
        #expect(run.log.counts["good"] == [1])
        #expect(run.log.counts["closure"] == [1])
        #expect(run.log.drops.misused == 4)
    }

    @Test("records are numbered without gaps, counters are cumulative, and what did not change is not repeated")
    func flushes() throws {
        let log = try ScenarioRun.run("flushes").log
        let sequences = log.records.map(\.header.sequence)
        #expect(sequences == Array(0..<UInt64(sequences.count)))
        let requests = log.records.compactMap { entry -> UInt64? in
            guard case .stats(let stats) = entry.record, log.name(ofPath: stats.path) == "request" else { return nil }
            return stats.count
        }
        #expect(requests == Array(1...20))
        #expect(Set(log.records.map(\.header.session)).count == 1)
    }

    @Test("the first record says who writes, on which clock, and what a span costs")
    func header() throws {
        let log = try ScenarioRun.run("nested", ["HOOFPRINT_FLUSH": "2.5"]).log
        guard case .session(let session)? = log.records.first?.record else {
            Issue.record("the first record is no session record")
            return
        }
        #expect(session.program == "hoofprint-scenarios")
        #expect(session.version == 1)
        #expect(session.mode == "aggregate")
        #expect(session.flushMilliseconds == 2500)
        #expect(["tsc", "cntvct", "monotonic"].contains(session.clock))
        #expect(session.spanCostPicoseconds > 0)
    }

    @Test("mode every writes a record a span, with the attributes that were let through and secrets taken out")
    func attributes() throws {
        let run = try ScenarioRun.run("attributes", ["HOOFPRINT": "every", "HOOFPRINT_ATTRIBUTES": "all"])
        let log = run.log
        let read = try #require(log.spans.first { log.name(ofPath: $0.path) == "read" })
        #expect(
            read.attributes == [
                .init(key: "bytes", value: "42"), .init(key: "name", value: "a b\n~hp1 span \u{202e}"),
                .init(key: "password", value: "(redacted)"), .init(key: "format", value: "jpeg"),
                .init(key: "authToken", value: "(redacted)"),
            ])
        let write = try #require(log.spans.first { log.name(ofPath: $0.path) == "write" })
        #expect(write.attributes == [.init(key: "secretNote", value: "(redacted)"), .init(key: "rows", value: "7")])
        #expect(write.error == "hoofprint_scenarios.Refused")
        #expect(!run.error.contains("canary"))
    }

    @Test("attributes' values stay out of the log unless their keys are named")
    func attributesAreOffByDefault() throws {
        let off = try ScenarioRun.run("attributes", ["HOOFPRINT": "every"]).log
        #expect(off.spans.allSatisfy { $0.attributes.isEmpty })
        let one = try ScenarioRun.run("attributes", ["HOOFPRINT": "every", "HOOFPRINT_ATTRIBUTES": "bytes"]).log
        #expect(one.spans.flatMap(\.attributes) == [.init(key: "bytes", value: "42")])
    }

    @Test("single spans agree with the tree: every child lies inside its parent")
    func everyNesting() throws {
        let log = try ScenarioRun.run("nested", ["HOOFPRINT": "every"]).log
        #expect(log.spans.count == 10)
        let byId = Dictionary(uniqueKeysWithValues: log.spans.map { ($0.id, $0) })
        for span in log.spans where span.parent != 0 {
            let parent = try #require(byId[span.parent])
            #expect(span.startNanoseconds >= parent.startNanoseconds)
            // Each figure is rounded down on its own.
            #expect(
                span.startNanoseconds + span.durationNanoseconds
                    <= parent.startNanoseconds + parent.durationNanoseconds + 2)
        }
    }

    @Test(
        "a variable that cannot be read is told, and its default used",
        arguments: [
            ("HOOFPRINT", "loud", "hoofprint: HOOFPRINT='loud' is none of off, aggregate, every; using aggregate"),
            (
                "HOOFPRINT_FLUSH", "0",
                "hoofprint: HOOFPRINT_FLUSH='0' is no number of seconds from 0.05 to 3600; using 10"
            ),
            (
                "HOOFPRINT_SINK", "tape",
                "hoofprint: HOOFPRINT_SINK='tape' is none of stderr, file:PATH, journald, syslog, none; "
                    + "using stderr"
            ),
            (
                "HOOFPRINT_MEMORY", "lots\u{1b}[31m",
                "hoofprint: HOOFPRINT_MEMORY='lots\\u{1b}[31m' is no number from 1048576 to 1099511627776; "
                    + "using 16777216"
            ),
        ])
    func badVariables(name: String, value: String, message: String) throws {
        let run = try ScenarioRun.run("nested", [name: value])
        #expect(run.status == 0)
        #expect(run.log.foreignLines == [message])
        #expect(run.log.counts["request"] == [1])
    }
}

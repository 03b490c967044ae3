import Foundation
import TestSupport
import Testing
import TraceLog

@testable import Hoofprint

@Suite("Stack sampler")
struct StackSamplerTests {
    @Test("stacks are seen under the span open on the thread, and under that of its task with the task's callers")
    func stacks() throws {
        let run = try ScenarioRun.run("stacks", ["HOOFPRINT_SAMPLE": "999"])
        #expect(run.status == 0)
        let log = run.log
        #expect(log.foreignLines.isEmpty)
        let samples = log.samples.filter { $0.sampler == "stacks" && $0.what == "cpu" }
        let computed = samples.filter { log.name(ofPath: $0.path) == "computed" }
        let awaited = samples.filter { log.name(ofPath: $0.path) == "awaited" }
        #expect(samples.contains { log.name(ofPath: $0.path) == "held" && ($0.stack?.callers.count ?? 0) > 0 })
        #expect(computed.allSatisfy { ($0.stack?.frames.count ?? 0) > 1 })
        #expect(computed.allSatisfy { $0.stack?.callers.isEmpty == true })
        // The first ones are of code whose unwind rules were not known yet: many where the machine is busy.
        let withCallers = awaited.filter { ($0.stack?.callers.count ?? 0) > 2 }.reduce(0) { $0 + $1.count }
        #expect(withCallers >= 10)
    }

    @Test("in mode wall threads that wait are seen too, in what they wait for")
    func wall() throws {
        let run = try ScenarioRun.run("waits", ["HOOFPRINT_SAMPLE": "500:wall"])
        #expect(run.status == 0)
        let seen = run.log.samples(of: "stacks")
        let expected = [
            "locked": "lock", "piped": "pipe", "received": "network", "polled": "poll", "slept": "sleep",
            "spawned": "child", "outer > computed": "running",
        ]
        for (path, what) in expected {
            let counts = seen[path] ?? [:]
            #expect((counts[what] ?? 0) * 2 > counts.values.reduce(0, +), "\(path): \(counts)")
        }
    }

    @Test("sampling is switched off and on while the program runs")
    func switched() throws {
        let run = try ScenarioRun.run("stacks-switched", ["HOOFPRINT_SAMPLE": "999"])
        #expect(run.status == 0)
        #expect(run.output == "some none some\n")
    }

    @Test("another profiler's handler is left alone, and told")
    func profilers() throws {
        let before = try ScenarioRun.run("profiled-before", ["HOOFPRINT_SAMPLE": "99"])
        #expect(before.status == 0)
        #expect(
            before.log.foreignLines == [
                "hoofprint: the sampler 'stacks' does not work here: another profiler uses SIGPROF; run one of them, or "
                    + "leave HOOFPRINT_SAMPLE unset"
            ])
        let told = "hoofprint: another profiler has taken SIGPROF; stack sampling has ended"
        let after = try ScenarioRun.run(
            "profiled-after", ["HOOFPRINT_SAMPLE": "999"],
            watch: .init(SIGTERM) { _, error in error.contains(told + "\n") })
        #expect(after.wasEndedBySignal && after.status == SIGTERM)
        #expect(after.log.foreignLines == [told])
    }

    @Test("C++ exceptions are thrown by libgcc while libunwind is in use")
    func unwinder() throws {
        let run = try ScenarioRun.run("unwinder", ["HOOFPRINT_SAMPLE": "999"])
        #expect(run.status == 0)
        #expect(run.output == "libgcc_s.so.1, libunwind is in use\n")
    }

    @Test("a forked child is sampled in its own session")
    func fork() throws {
        let run = try ScenarioRun.run("waits-forked", ["HOOFPRINT_SAMPLE": "500:wall"])
        #expect(run.status == 0)
        let seen = DecodedLog.sessions(run.standardError).map { Set($0.samples(of: "stacks").keys) }
        #expect(seen.count == 2)
        #expect(seen.first?.contains("parent") == true && seen.last?.contains("child") == true)
        #expect(seen.last?.contains("parent") == false)
    }

    @Test("a thousand forks while stacks are sampled: no child hangs", arguments: ["999", "500:wall"])
    func forkOften(rate: String) throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("server.log")
        let run = try ScenarioRun.run("fork-often", ["HOOFPRINT_SINK": "file:\(log.path)", "HOOFPRINT_SAMPLE": rate])
        #expect(run.status == 0)
        #expect(DecodedLog.sessions([UInt8](try Data(contentsOf: log))).count == 501)
    }

    @Test("the variable's forms are read, and others told")
    func environment() throws {
        let forms: [(String, Int, StackSampler.Mode)] = [
            ("99", 99, .cpu), ("10000:cpu", 10_000, .cpu), ("1000:wall", 1000, .wall),
        ]
        for (text, rate, mode) in forms {
            let reading = EnvironmentConfiguration.read(["HOOFPRINT_SAMPLE": text])
            let sampler = try #require(reading.configuration.samplers.first as? StackSampler)
            #expect(sampler.samplesPerSecond == rate && sampler.mode == mode && reading.problems.isEmpty)
        }
        for text in ["0", "10001", "1001:wall", "99:gpu", "often", "99:", ":cpu"] {
            let reading = EnvironmentConfiguration.read(["HOOFPRINT_SAMPLE": text])
            #expect(reading.configuration.samplers.isEmpty && reading.problems.count == 1, "\(text)")
        }
        for text in ["", "off"] {
            let reading = EnvironmentConfiguration.read(["HOOFPRINT_SAMPLE": text])
            #expect(reading.configuration.samplers.isEmpty && reading.problems.isEmpty)
        }
    }
}

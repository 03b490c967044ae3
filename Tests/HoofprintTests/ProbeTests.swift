import Foundation
import TestSupport
import Testing
import TraceLog

@testable import Hoofprint

/// Each probe in a process of its own, whose sockets, files and threads are all known.
@Suite("What the probes read")
struct ProbeTests {
    /// The `name value` lines that a scenario prints.
    private func numbers(_ scenario: String, wrapper: [String] = []) throws -> [String: UInt64] {
        let run = try ScenarioRun.run(scenario, wrapper: wrapper)
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n")
        let words = lines.map { $0.split(separator: " ") }
        return Dictionary(uniqueKeysWithValues: try words.map { (String($0[0]), try #require(UInt64($0[1]))) })
    }

    @Test("sockets: every state and every byte that waits in a queue")
    func sockets() throws {
        let numbers = try numbers("probed-sockets")
        // Three pairs; two that wait to be accepted, one more in the queue that is full.
        #expect(numbers["established"] == 9)
        #expect(numbers["close_wait"] == 3)
        #expect(numbers["fin_wait2"] == 1)
        #expect(numbers["syn_sent"] == 1)
        #expect(numbers["listen"] == 2)
        #expect(numbers["closed"] == 1)
        for state in ["syn_received", "fin_wait1", "last_ack", "closing", "unread"] {
            #expect(numbers[state] == 0, "\(state)")
        }
        let received = try #require(numbers["receive_queue_bytes"])
        let waiting = try #require(numbers["send_queue_bytes"])
        #expect(received > 0 && waiting > 0)
        #expect(received + waiting == numbers["sent"])
        #expect(numbers["accept_queue"] == 3)
        #expect(numbers["accept_queue_limit"] == 7)
    }

    @Test("descriptors: by kind, and how many were too many to look at")
    func descriptors() throws {
        let numbers = try numbers(
            "probed-descriptors", wrapper: ["bash", "-c", "ulimit -Sn 2000 && exec \"$@\"", "bash"])
        #expect(numbers["files"] == 3)
        #expect(numbers["pipes"] == 4)
        #expect(numbers["sockets"] == 5)
        #expect(numbers["others"] == 1)
        #expect(numbers["unread"] == 0)
        #expect(numbers["looked_at"] == UInt64(DescriptorProbe.maximumDescriptors))
        // Whatever the process came with is open too, beside the 1,513.
        #expect(try #require(numbers["beyond"]) >= 513)
        #expect(numbers["beyond_sockets"] == numbers["beyond"])
    }

    @Test("bytes and calls read and written")
    func io() throws {
        let numbers = try numbers("probed-io")
        #expect(numbers["syscw"] == 7)
        #expect(numbers["wchar"] == 7000)
        #expect(numbers["syscr"] == 5)
        // The text that the probe reads grows by a digit now and then.
        #expect((2500...2512).contains(try #require(numbers["rchar"])))
    }

    @Test("threads: how many, in which state, and how long they ran and waited for their turn")
    func threads() throws {
        let numbers = try numbers("probed-threads", wrapper: ["taskset", "-c", "0"])
        #expect(numbers["threads"] == 5)
        #expect(numbers["sleeping"] == 5)
        #expect(numbers["running"] == 0)
        #expect(numbers["unread"] == 0)
        #expect(try #require(numbers["on_cpu_us"]) >= 200_000)
        // The one that was done first had waited for about as long as it ran.
        #expect(try #require(numbers["run_queue_wait_us"]) >= 50_000)
    }

    @Test("no descriptor stays open")
    func descriptorsAreClosed() throws {
        #expect(try numbers("probed-often").values.allSatisfy { $0 == 0 })
    }

    @Test("the log has all of them at every flush")
    func logged() throws {
        let log = try ScenarioRun.run("flushes").log
        var read: [String: [ProbeRecord]] = [:]
        for case .probe(let probe) in log.records.map(\.record) { read[probe.name, default: []].append(probe) }
        let names = HoofprintSystem.Configuration.allProbes.map(\.name)
        #expect(names == ["process", "threads", "descriptors", "sockets", "io", "pressure"])
        // Twenty flushes and the last one.
        for name in names { #expect(read[name]?.count == 21) }
        for probe in read["process"] ?? [] { #expect(probe.counters.count == 8) }
        for probe in read["sockets"] ?? [] { #expect(probe.counters.count == 15) }
    }

    @Test("without /proc the program goes on, and what cannot be read is left out")
    func withoutProc() throws {
        let folder = try TemporaryFolder()
        // chroot(2) takes a privilege, which anybody has in a user namespace of their own.
        let run = try ScenarioRun.run(
            "probed-nowhere", ["EMPTY_FOLDER": folder.url.path], wrapper: geteuid() == 0 ? [] : ["unshare", "-r"])
        #expect(run.status == 0)
        #expect(run.log.counts["request"] == [100])
        var read: Set<String> = []
        for case .probe(let probe) in run.log.records.map(\.record) {
            read.insert(probe.name)
            #expect(!probe.counters.contains { ["resident_bytes", "unread"].contains($0.name) })
        }
        #expect(read == ["process", "descriptors", "sockets"])
    }
}

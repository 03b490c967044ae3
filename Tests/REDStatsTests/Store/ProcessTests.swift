import Foundation
import REDEvents
import REDStats
import StatsSamples
import TestSupport
import Testing
import WallClock

@Suite("Processes that use one store", .serialized)
struct ProcessTests {
    private static let program = productsFolder.appendingPathComponent("stats-check").path

    @Test("kill -9 of a process while it adds loses nothing it had acknowledged", arguments: StoreKind.tested)
    func kills(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, test in
            var samples = EventSamples(seed: 20)
            let events = try (0..<2_000).map { try samples.event($0) }
            let all = try CountQuery(
                from: Timestamp(milliseconds: 0), to: MeasuredEvent.endOfTime, above: 500_000)
            for round in 1...6 {
                let enough = 150 * round
                let run = try await onThread {
                    try ProgramRun.run(
                        Self.program, ["add", test.url, "20", "2000"],
                        watch: .init(SIGKILL) { output, _ in Self.acknowledged(output) >= enough })
                }
                let acknowledged = Self.acknowledged(run.output)
                #expect(run.wasEndedBySignal || acknowledged == 2_000, "\(run.error)")
                // What was under way may be there or not.
                let counted = try await store.count(all).images
                #expect(counted >= acknowledged && counted % 50 == 0)
                #expect(try await store.count(all) == BruteForce.count(all, Array(events[..<counted])))
            }
        }
    }

    @Test("several processes that add the same count each event once", arguments: StoreKind.tested)
    func sameEvents(_ kind: StoreKind) async throws {
        try await TestStore.with(kind) { store, test in
            var samples = EventSamples(seed: 21)
            let events = try (0..<1_000).map { try samples.event($0) }
            try await withThrowingTaskGroup(of: ProgramRun.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await onThread { try ProgramRun.run(Self.program, ["add", test.url, "21", "1000"]) }
                    }
                }
                for try await run in group { #expect(run.status == 0, "\(run.error)") }
            }
            for _ in 0..<50 {
                let query = try samples.query(thresholds: events.map(\.red))
                #expect(try await store.count(query) == BruteForce.count(query, events), "\(query)")
            }
        }
    }

    /// The last whole line of a process's output.
    private static func acknowledged(_ output: String) -> Int {
        output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().last.flatMap { Int($0) } ?? 0
    }
}

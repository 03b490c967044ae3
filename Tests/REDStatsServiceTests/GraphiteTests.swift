import EventBroker
import Foundation
import HTTPTestSupport
import REDEvents
import REDStats
import TestSupport
import Testing
import WallClock

@testable import REDStatsService

@Suite("Counts go to Graphite", .enabled(if: !ServerProcess.areSkipped), .timeLimit(.minutes(5)))
struct GraphiteTests {
    /// Events of two clients in the last minutes, and what carbon is to have of them.
    private struct Sample {
        let events: [MeasuredEvent]
        let range: Range<Int64>

        init() throws {
            let minute = Timestamp.now.milliseconds / 60_000 - 10
            events = try (0..<60).map { number in
                try MeasuredEvent(
                    id: "\(number)", source: "red/test", client: number % 3 == 0 ? "a.b" : "ann",
                    time: Timestamp(milliseconds: (minute + Int64(number) % 5) * 60_000), red: number * 16_000,
                    image: "i",
                    pixels: 1, width: 1, height: 1)
            }
            range = minute * 60..<(minute + 5) * 60
        }

        /// Waits until Graphite has all of them.
        func wait(_ server: GraphiteServer, _ prefix: String) async throws {
            let pictures = "\(prefix).*.images"
            while true {
                let answer = try await server.render([pictures, "sumSeries(\(prefix).*.red.[5-9]0-*)"], range)
                let sums = answer.mapValues { Int($0.values.reduce(0, +)) }
                if sums["\(prefix).a_2Eb.images"] == 20, sums["\(prefix).ann.images"] == 40,
                    answer["sumSeries(\(prefix).*.red.[5-9]0-*)"]?.values.reduce(0, +)
                        == Double(events.count { $0.red > 500_000 })
                {
                    return
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    @Test func `What is taken from the broker is there a little later, and metrics tell of it`() async throws {
        let graphite = GraphiteServer.shared
        let port = try await graphite.port()
        let sample = try Sample()
        let prefix = "red-stats.service"
        try await StatsTestServer.with {
            var settings = GraphiteSettings(carbon: CarbonAddress(host: "127.0.0.1", port: port), prefix: prefix)
            settings.quiet = .milliseconds(100)
            $0.graphite = settings
        } _: { server in
            let messages = sample.events.map { BrokerMessage(id: $0.id, key: $0.client, body: Array($0.json.utf8)) }
            try await server.broker.publish(messages, to: StatsTopics.measured)
            try await server.waitForImages(60)
            try await sample.wait(graphite, prefix)
            let metrics = String(decoding: try await server.ask("GET", "/metrics").body, as: UTF8.self)
            #expect(metrics.contains("\nred_stats_graphite_connected 1\n"), "\(metrics)")
            #expect(metrics.contains("\nred_stats_graphite_dropped_total 0\n"))
        }
        try await StatsTestServer.with { server in
            let metrics = String(decoding: try await server.ask("GET", "/metrics").body, as: UTF8.self)
            #expect(!metrics.contains("graphite"))
        }
    }

    @Test func `What was imported is sent by a command, which says where there is no carbon`() async throws {
        let graphite = GraphiteServer.shared
        let port = try await graphite.port()
        let sample = try Sample()
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("events.jsonl").path
        try Data(sample.events.map { "\($0.json)\n" }.joined().utf8).write(to: URL(fileURLWithPath: file))
        let store = ["--store", "sqlite:\(folder.url.appendingPathComponent("stats.sqlite").path)"]
        let program = productsFolder.appendingPathComponent("red-stats").path
        func run(_ arguments: [String]) async throws -> ProgramRun {
            try await onThread { try ProgramRun.run(program, arguments + store) }
        }
        #expect(try await run(["import", file]).status == 0)
        let export = [
            "export", "--graphite-prefix", "red-stats.command", "--from", "2000-01-01", "--to", "2100-01-01",
            "--graphite",
        ]
        let sent = try await run(export + ["127.0.0.1:\(port)"])
        #expect(sent.status == 0 && sent.output == "sent 10 minutes of 2 clients\n", "\(sent.output)\(sent.error)")
        #expect(
            sent.error.contains("as carbon keeps minutes for 31 days; if it keeps them longer, give --graphite-days"))
        try await sample.wait(graphite, "red-stats.command")
        let nowhere = try ServerProcess.freePort()
        let failed = try await run(export + ["127.0.0.1:\(nowhere)"])
        #expect(failed.status == 69)
        #expect(
            failed.error.hasPrefix("red-stats: carbon at 127.0.0.1:\(nowhere): Connection refused"), "\(failed.error)")
    }
}

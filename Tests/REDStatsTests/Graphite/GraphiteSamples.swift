import REDEvents
import StatsSamples
import TestSupport
import WallClock

@testable import REDStats

/// What Graphite must answer, found by looking at each event.
enum GraphiteSamples {
    /// Names that Graphite, whisper's folders or queries would take for something else.
    static let clients = [
        "ann", "a.b", "a b", "a/b", "a_b", "a_2Eb", "a__b", ".", "..", "/", "_", "-", " ", "*", "{a,b}", "a;tag=1",
        "sum(x)",
        "0", "true", "caf\u{E9}", "cafe\u{301}", "日本", "\u{200B}", "line\nbreak", "'\"\\", "%2E", "A", "a",
        String(repeating: "l", count: 255) + "1", String(repeating: "l", count: 255) + "2",
        String(repeating: "ü", count: 128), String(repeating: "_", count: 100),
    ]

    /// A metric's values by their moments, for each name.
    typealias Answer = [String: GraphiteServer.Series]

    static func expected(_ events: [MeasuredEvent], prefix: String) -> Answer {
        var answer: Answer = [:]
        for event in events {
            let moment = event.time.milliseconds / 60_000 * 60
            let metric = "\(prefix).\(GraphiteName.of(event.client))"
            let band = event.red == 0 ? 0 : (event.red - 1) / 100_000
            answer["\(metric).images", default: [:]][moment, default: 0] += 1
            for (number, name) in MinuteBands.names.enumerated() {
                answer["\(metric).red.\(name)", default: [:]][moment, default: 0] += number == band ? 1 : 0
            }
        }
        return answer
    }

    static func rendered(_ server: GraphiteServer, _ prefix: String, _ events: [MeasuredEvent]) async throws -> Answer {
        let moments = events.map { $0.time.milliseconds / 1_000 }
        return try await server.render(
            ["\(prefix).*.images", "\(prefix).*.red.*"], (moments.min() ?? 0) / 60 * 60..<(moments.max() ?? 0) + 1)
    }

    /// Waits until Graphite says what the events do.
    static func wait(
        for events: [MeasuredEvent], at server: GraphiteServer, prefix: String, _ what: String
    ) async throws {
        let expected = expected(events, prefix: prefix)
        var last: Answer = [:]
        var failure = ""
        do {
            try await eventually(what) {
                do {
                    last = try await rendered(server, prefix, events)
                } catch let error as ServerProcess.Failure {
                    // It fails where it meets a file that carbon is creating.
                    failure = error.description
                }
                return last == expected
            }
        } catch {
            let wrong = expected.filter { last[$0.key] != $0.value }.keys.sorted()
            throw NeverHappened(
                description:
                    "\(error); \(last.count) of \(expected.count) metrics, wrong: \(wrong.prefix(3)) \(failure)")
        }
    }

    /// Events of the last hours, several a minute.
    static func samples(seed: UInt64, clients: [String] = clients, hours: Int64 = 3) -> EventSamples {
        let length = hours * 3_600_000
        return EventSamples(
            seed: seed, start: Timestamp.now.milliseconds - length - 60_000, length: length, clients: clients)
    }
}

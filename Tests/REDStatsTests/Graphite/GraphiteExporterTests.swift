import REDEvents
import StatsSamples
import TestSupport
import Testing
import WallClock

@testable import REDStats

@Suite("Sending counts to Graphite", .enabled(if: !ServerProcess.areSkipped), .timeLimit(.minutes(5)))
struct GraphiteExporterTests {
    @Test("what Graphite answers is what is counted, for any client's name, and late events make it so again")
    func valuesAreCounts() async throws {
        for kind in StoreKind.tested {
            try await GraphiteBench.with(kind, prefix: "red-stats.values-\(kind)") { bench in
                var samples = GraphiteSamples.samples(seed: 1)
                let clients = GraphiteSamples.clients
                var events = try clients.enumerated().map { number, client in
                    try MeasuredEvent.sample("first-\(number)", client: client, time: Timestamp.now.text, red: 1)
                }
                events += try (0..<1_500).map { try samples.event($0) }
                try await bench.exporting { exporter in
                    exporter.touched(try await bench.add(events))
                    try await bench.wait(for: events, "first values")
                    // In the same minutes, and others.
                    let late = try (2_000..<2_800).map { try samples.event($0) } + events.prefix(5)
                    exporter.touched(try await bench.add(late))
                    events += late.dropLast(5)
                    try await bench.wait(for: events, "values with late events")
                    // Asked for what is older than carbon keeps minutes, it answers in hours.
                    let (now, all) = (
                        Timestamp.now.milliseconds / 1_000, "sumSeries(\(bench.settings.prefix).*.images)"
                    )
                    try await eventually("hours are the sums of their minutes") {
                        let hours = try await bench.server.render([all], now - 40 * 86_400..<now)[all] ?? [:]
                        return hours.count <= 5 && Int(hours.values.reduce(0, +)) == events.count
                    }
                }
            }
        }
    }

    @Test("minutes wait until they are quiet, and no longer than they may; what waits at the end is sent")
    func endSendsWhatWaits() async throws {
        try await GraphiteBench.with(prefix: "red-stats.end") { bench in
            var samples = GraphiteSamples.samples(seed: 2, clients: ["ann", "bob"])
            let events = try (0..<300).map { try samples.event($0) }
            var patient = bench
            patient.settings.quiet = .seconds(3_600)
            patient.settings.longestWait = .seconds(3_600)
            patient.settings.recentMinutes = 0
            let exporter = try await patient.exporting { exporter in
                exporter.touched(try await bench.add(events))
                #expect(exporter.waiting == Set(events.map { "\($0.client) \($0.time.milliseconds / 60_000)" }).count)
            }
            #expect(exporter.waiting == 0)
            try await bench.wait(for: events, "what was sent at the end")
            patient.settings.longestWait = .milliseconds(50)
            patient.settings.settling = .milliseconds(50)
            let more = try (500..<600).map { try samples.event($0) }
            try await patient.exporting { exporter in
                exporter.touched(try await bench.add(more))
                try await bench.wait(for: events + more, "minutes that were never quiet")
                let minutes = Set(more.map { "\($0.client) \($0.time.milliseconds / 60_000)" }).count
                try await eventually("all are sent once more") {
                    exporter.counts.values.lines == 2 * minutes * MinuteBands.lineCount
                }
            }
        }
    }

    @Test("what carbon had not written, or could not be sent, when it was killed is sent once it is there again")
    func carbonIsKilled() async throws {
        let server = GraphiteServer()
        try await GraphiteBench.with(server: server, prefix: "red-stats.killed") { bench in
            var samples = GraphiteSamples.samples(seed: 3, clients: ["ann", "bob", "c.d"])
            var events: [MeasuredEvent] = []
            func add(_ numbers: Range<Int>, _ exporter: GraphiteExporter) async throws {
                let new = try numbers.map { try samples.event($0) }
                events += new
                exporter.touched(try await bench.add(new))
            }
            let exporter = try await bench.exporting { exporter in
                for round in 0..<3 {
                    let first = round * 1_000
                    try await add(first..<first + 200, exporter)
                    try await bench.wait(for: events, "values of round \(round)")
                    await server.killCarbon()
                    // It writes little, and has the rest in memory.
                    try await server.startCarbon(updatesPerSecond: 1)
                    try await add(first + 200..<first + 300, exporter)
                    try await bench.wait(for: events, "values in memory of round \(round)")
                    await server.killCarbon()
                    let before = exporter.counts.values.failures
                    try await add(first + 300..<first + 400, exporter)
                    try await eventually("it fails to connect") { exporter.counts.values.failures > before }
                    try await server.startCarbon()
                    try await bench.wait(for: events, "values after round \(round)")
                }
            }
            #expect(exporter.counts.values.dropped == 0)
            #expect(bench.log.all.contains { $0.contains("counts wait to be sent to Graphite: carbon at 127.0.0.1:") })
            #expect(bench.log.all.contains { $0.contains("counts are sent to Graphite again") })
        }
    }

    @Test(
        "a carbon that reads nothing holds nobody up: what it has no room for waits, and sending ends when it is to end"
    )
    func carbonIsStopped() async throws {
        let server = GraphiteServer()
        try await GraphiteBench.with(server: server, prefix: "red-stats.stopped") { bench in
            let first = Timestamp.now.milliseconds / 60_000 - 20_000
            // More than the system's buffers take.
            let events = try (0..<15_000).map { number in
                try MeasuredEvent.sample(
                    "\(number)", time: Timestamp(milliseconds: (first + Int64(number)) * 60_000).text)
            }
            _ = try await bench.add(events)
            await server.stopCarbon(true)
            let exporter = try await bench.exporting { exporter in
                exporter.touched(events)
                try await eventually("some was sent") { exporter.counts.values.lines > 0 }
            }
            #expect(exporter.waiting > 0)
            #expect(bench.log.all.contains { $0.contains("it has read nothing for 3 seconds") })
            #expect(bench.log.all.contains { $0.contains("were not sent to Graphite; 'red-stats export' sends them") })
            await server.stopCarbon(false)
            let sent = try await GraphiteExport.run(
                bench.store, bench.settings, from: events[0].time, to: .now, client: nil)
            #expect(sent.minutes == events.count)
            try await bench.wait(for: events, "all of them")
        }
    }

    @Test("while carbon is away no more waits than there is room for; the rest is counted, and told once")
    func roomIsBounded() async throws {
        try await TestStore.with(.sqlite) { store, _ in
            let carbon = CarbonAddress(host: "127.0.0.1", port: try ServerProcess.freePort())
            var settings = GraphiteSettings.here(carbon, prefix: "p")
            settings.mostWaiting = 10
            let log = LogLines()
            let exporter = GraphiteExporter(store, settings, logger: log.logger)
            let running = Task { try await exporter.run() }
            let events = try (0..<30).map { number in
                try MeasuredEvent.sample(
                    "\(number)", time: Timestamp(milliseconds: 1_790_000_000_000 + Int64(number) * 60_000).text)
            }
            for event in events + events.prefix(10) { exporter.touched([event]) }
            try await eventually("it fails to connect twice") { exporter.counts.values.failures > 1 }
            #expect(exporter.waiting == 10)
            #expect(exporter.counts.values.dropped == 20)
            running.cancel()
            try await running.value
            #expect(log.all.filter { $0.contains("'red-stats export' sends them later") }.count == 1)
            #expect(log.all.filter { $0.contains("counts wait to be sent to Graphite") }.count <= 2)
        }
    }

    @Test("at its start it sends the latest minutes; 'export' sends any that carbon keeps")
    func olderMinutes() async throws {
        try await GraphiteBench.with(prefix: "red-stats.older") { bench in
            let now = Timestamp.now.milliseconds
            func event(_ id: String, minutesAgo minutes: Int64, client: String) throws -> MeasuredEvent {
                try .sample(id, client: client, time: Timestamp(milliseconds: now - minutes * 60_000).text)
            }
            let recent = try (0..<5).map { try event("r\($0)", minutesAgo: $0 * 2, client: "c\($0)") }
            let older = try (0..<5).map { try event("o\($0)", minutesAgo: 60 + $0 * 6_000, client: "c\($0)") }
            let tooOld = try event("t", minutesAgo: 40 * 1_440, client: "c1")
            let tooNew = try event("f", minutesAgo: -300, client: "c1")
            _ = try await bench.add(recent + older + [tooOld, tooNew])
            let exporter = try await bench.exporting { exporter in
                try await bench.wait(for: recent, "the latest minutes")
                exporter.touched([tooOld, tooNew])
                try await eventually("what carbon does not take is counted") { exporter.counts.values.outside == 2 }
            }
            #expect(exporter.counts.values.lines == recent.count * MinuteBands.lineCount)
            let first = Timestamp(milliseconds: now - 50 * 86_400_000)
            let end = MeasuredEvent.endOfTime
            let one = try await GraphiteExport.run(bench.store, bench.settings, from: first, to: end, client: "c3")
            #expect(one.minutes == 2 && one.clients == 1)
            let all = try await GraphiteExport.run(bench.store, bench.settings, from: first, to: end, client: nil)
            #expect(all.minutes == recent.count + older.count && all.clients == 5)
            let told = try #require(all.first)
            #expect(told.milliseconds > tooOld.time.milliseconds)
            try await bench.wait(for: recent + older, "older minutes")
            let hour = try await GraphiteExport.run(
                bench.store, bench.settings, from: Timestamp(milliseconds: now - 90 * 60_000),
                to: Timestamp(milliseconds: now - 30 * 60_000), client: nil)
            #expect(hour == GraphiteExport.Summary(clients: 1, minutes: 1))
        }
    }

    @Test("a minute that the store no longer keeps is counted, and holds up no other")
    func minutesThatAreGone() async throws {
        try await GraphiteBench.with(prefix: "red-stats.gone") { bench in
            let now = Timestamp.now
            let gone = try MeasuredEvent.sample(
                "gone", time: Timestamp(milliseconds: now.milliseconds - 5 * 86_400_000).text)
            let kept = try MeasuredEvent.sample("kept", time: now.text)
            _ = try await bench.add([gone, kept])
            _ = try await bench.store.retain(Retention(events: 2, minutes: 2), now: now)
            let exporter = try await bench.exporting { exporter in
                exporter.touched([gone, kept])
                try await bench.wait(for: [kept], "what is kept")
                try await eventually("what is gone is counted") { exporter.counts.values.outside == 1 }
            }
            #expect(exporter.counts.values.dropped == 0 && exporter.waiting == 0)
        }
    }

    @Test("where there is no carbon, 'export' says so")
    func noCarbon() async throws {
        try await TestStore.with(.sqlite) { store, _ in
            let carbon = CarbonAddress(host: "127.0.0.1", port: try ServerProcess.freePort())
            let error = await #expect(throws: CarbonError.self) {
                try await GraphiteExport.run(
                    store, GraphiteSettings(carbon: carbon), from: moment("2026-01-01"), to: moment("2026-01-02"),
                    client: nil)
            }
            #expect(error?.description.hasPrefix("carbon at \(carbon): Connection refused; start carbon-cache") == true)
        }
    }
}

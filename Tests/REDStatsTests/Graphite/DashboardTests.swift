import Foundation
import REDEvents
import StatsSamples
import TestSupport
import Testing
import WallClock

@testable import REDStats

@Suite("Grafana's dashboards, asked as Grafana would", .timeLimit(.minutes(5)))
struct DashboardTests {
    @Test(
        "they are whole: sources that are provisioned, variables that there are", arguments: ["graphite", "postgresql"])
    func form(_ name: String) throws {
        let dashboard = try Dashboard.read("red-stats-\(name)")
        let sources = try String(
            contentsOf: Dashboard.folder.appendingPathComponent("grafana/provisioning/datasources/red-stats.yaml"),
            encoding: .utf8)
        #expect(Set(dashboard.panels.map(\.id)).count == dashboard.panels.count)
        var taken: Set<[Int]> = []
        for panel in dashboard.panels {
            for x in panel.gridPos.x..<panel.gridPos.x + panel.gridPos.w {
                for y in panel.gridPos.y..<panel.gridPos.y + panel.gridPos.h {
                    #expect(x < 24 && taken.insert([x, y]).inserted, "\(panel.title) overlaps another panel")
                }
            }
            for target in panel.targets {
                #expect(sources.contains("uid: \(target.datasource.uid)\n    type: \(target.datasource.type)\n"))
                let values = Dictionary(dashboard.templating.list.map { ($0.name, "") }) { $1 }
                let text = Dashboard.fill(target.target ?? target.rawSql ?? "$nothing", values)
                #expect(!text.replacing(/\$__[A-Za-z]+/, with: "").contains("$"), "\(text)")
            }
        }
    }

    @Test("each target of the Graphite one has the counts", .enabled(if: !ServerProcess.areSkipped))
    func graphite() async throws {
        try await GraphiteBench.with(prefix: "red-stats.board") { bench in
            let dashboard = try Dashboard.read("red-stats-graphite")
            var samples = GraphiteSamples.samples(seed: 4, clients: ["ann", "b.c", "日本"])
            let events = try await bench.add((0..<600).map { try samples.event($0) })
            let (from, to) = (samples.start / 3_600_000 * 3_600, samples.start / 1_000 + 4 * 3_600)
            _ = try await GraphiteExport.run(
                bench.store, bench.settings, from: Timestamp(milliseconds: from * 1_000),
                to: Timestamp(milliseconds: to * 1_000), client: nil)
            try await bench.wait(for: events, "the events")
            let variables = Dictionary(dashboard.templating.list.map { ($0.name, $0) }) { $1 }
            let names = try await bench.server.find(
                Dashboard.fill(variables["client"]?.query ?? "", ["prefix": bench.settings.prefix]))
            #expect(Set(names) == Set(samples.clients.map(GraphiteName.of)))
            #expect(
                variables["above"]?.options.count == 9 && variables["step"]?.options.map(\.value).contains("1h") == true
            )
            for client in [variables["client"]?.allValue ?? "", "ann", "{ann,b_2Ec}"] {
                for above in variables["above"]?.options ?? [] {
                    let percent = try #require(Int(above.text.dropLast(2)))
                    let chosen = events.filter { client == "*" || client.contains(GraphiteName.of($0.client)) }
                    let oracle = PanelOracle(events: chosen, above: percent * 10_000, step: 600)
                    let values = [
                        "prefix": bench.settings.prefix, "client": client, "above": above.value, "step": "10min",
                    ]
                    for panel in dashboard.panels {
                        for target in panel.targets {
                            let text = Dashboard.fill(try #require(target.target), values)
                            let answer = try await bench.server.render([text], from..<to)
                            let expected = try #require(oracle.answer(panel.title, target.refId))
                            #expect(PanelOracle.agree(answer, expected), "\(panel.title), above \(percent): \(text)")
                        }
                    }
                }
            }
        }
    }

    @Test("each query of the PostgreSQL one has the counts", .enabled(if: !PostgreSQLServer.isSkipped))
    func postgreSQL() async throws {
        try await TestStore.with(.postgreSQL) { store, test in
            let dashboard = try Dashboard.read("red-stats-postgresql")
            let reader = try String(
                contentsOf: Dashboard.folder.appendingPathComponent("grafana/reader.sql"), encoding: .utf8)
            try PostgreSQLServer.execute(reader, url: test.url)
            for client in ["ann", "b'; c"] {
                try await store.add(
                    Subscription(client: client, above: 400_000, channel: .webhook, configuration: "{}"))
            }
            var samples = GraphiteSamples.samples(seed: 6, clients: ["ann", "b'; c", "日本"])
            let events = try (0..<600).map { try samples.event($0) }
            _ = try await store.add(events)
            let alerts = try await store.alerts(of: nil, after: 0, limit: 10_000)
            #expect(alerts.count > 10)
            let (from, to) = (samples.start / 3_600_000 * 3_600_000, Timestamp.now.milliseconds)
            let variable = try #require(dashboard.templating.list.first { $0.name == "client" })
            let numbers = Dictionary(
                try select(try #require(variable.query), test.url).map { ($0[0], $0[1]) }
            ) { $1 }
            #expect(Set(numbers.keys) == Set(samples.clients))
            let choices = [
                (try #require(variable.allValue), samples.clients), ("'\(numbers["ann"] ?? "")'", ["ann"]),
                ("'\(numbers["ann"] ?? "")','\(numbers["日本"] ?? "")'", ["ann", "日本"]),
            ]
            for (choice, clients) in choices {
                for above in ["0", "9.31", "25", "100"] {
                    let oracle = TableOracle(
                        events: events.filter { clients.contains($0.client) },
                        alerts: alerts.filter { clients.contains($0.client) },
                        above: Int(((Double(above) ?? 0) * 10_000).rounded()), step: 1_200)
                    for panel in dashboard.panels {
                        let sql = expand(
                            try #require(panel.targets.first?.rawSql), from..<to, ["client": choice, "above": above])
                        let rows = try select(sql, test.url)
                        let expected = try #require(oracle.rows(panel.title))
                        #expect(TableOracle.agree(rows, expected), "\(panel.title), above \(above): \(sql)")
                    }
                }
            }
        }
    }

    /// A query with Grafana's macros expanded as its documentation of the data source says, with steps of 20 minutes.
    private func expand(_ sql: String, _ range: Range<Int64>, _ values: [String: String]) -> String {
        let grouped = sql.replacing(/\$__unixEpochGroupAlias\(([^,]*), \$__interval\)/) { match in
            "floor((\(match.output.1))/1200)*1200 AS \"time\""
        }
        return Dashboard.fill(
            grouped.replacing("$__unixEpochFrom()", with: "\(range.lowerBound / 1_000)")
                .replacing("$__unixEpochTo()", with: "\(range.upperBound / 1_000)"),
            values.merging(["__from": "\(range.lowerBound)", "__to": "\(range.upperBound)"]) { $1 })
    }

    /// Runs a query as Grafana's user; gives the rows.
    private func select(_ sql: String, _ url: String) throws -> [[String]] {
        let run = try ProgramRun.run(
            "/usr/lib/postgresql/15/bin/psql",
            [
                url.replacingOccurrences(of: "postgres@", with: "grafana@"), "-X", "-q", "-A", "-t", "-F", "\u{1F}",
                "-c", sql,
            ],
            ["PGTZ": "UTC"])
        guard run.status == 0 else { throw ServerProcess.Failure("\(sql): \(run.error)") }
        return run.output.split(separator: "\n").map { line in
            line.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
        }
    }
}

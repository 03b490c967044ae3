import Foundation
import REDEvents
import REDStats
import SeededRandom
import StatsSamples
import WallClock

/// What stores take, beside what the databases themselves take for the same.
struct Measurements {
    let kind: String
    let rows: MeasuredRows
    let folder: String

    /// What queries took: a client's year, all clients', and the database's own count of a client's.
    struct Result {
        var one = Times(), all = Times(), plain = Times()
    }

    static func printGrowth(from few: Result, to many: Result) {
        func growth(_ times: KeyPath<Result, Times>) -> String {
            String(format: "%.1f times", many[keyPath: times][50] / few[keyPath: times][50])
        }
        print(
            "  ten times the events: one client \(growth(\.one)), all clients \(growth(\.all)), "
                + "count(*) \(growth(\.plain)) the time (medians)")
    }

    func run() async throws -> Result {
        let isPostgreSQL = kind == "postgres"
        let server = isPostgreSQL ? try PostgreSQLServer(settings: Self.settings) : nil
        defer { server?.remove() }
        let store = try DatabaseStore(url: try server?.database() ?? "sqlite:\(folder)/stats-\(rows.count).sqlite")
        let baseline = Baseline(target: try server?.database() ?? "\(folder)/bare-\(rows.count).sqlite")
        print(
            "\(kind): \(rows.count) events of \(rows.clients) clients in a year, \(rows.hasRandomIDs ? "random ids" : "ids by time")"
        )
        let path = "\(folder)/rows.csv"
        try rows.write(to: path)
        chmod(path, 0o644)
        let bare = try baseline.load(path)
        let indexed = try baseline.index()
        let added = try await Self.ingest(rows, store)
        let way = isPostgreSQL ? "COPY" : ".import"
        print("  \(way) into a bare table: \(rate(bare)); with its index: \(rate(bare + indexed))")
        print("  added: \(rate(added)); the bare table takes \(String(format: "%.1f", added / bare)) times less")
        fflush(nil)
        let result = try await ask(store, baseline)
        await store.close()
        return result
    }

    /// Memory as a server of this size is given; nothing else is changed, so that commits are on the disk.
    private static let settings = ["shared_buffers = 1GB", "max_wal_size = 4GB", "maintenance_work_mem = 256MB"]

    private func rate(_ seconds: Double) -> String { "\(Int(Double(rows.count) / seconds)) events/s" }

    /// Adds all events by four callers in pieces of 5,000; gives the seconds it took.
    static func ingest(_ rows: MeasuredRows, _ store: DatabaseStore) async throws -> Double {
        let piece = 5_000
        let pieces = (rows.count + piece - 1) / piece
        var spent = Duration.zero
        for start in stride(from: 0, to: pieces, by: 40) {
            // Made beforehand: making them is not adding them.
            let batch = try (start..<min(pieces, start + 40)).map { number in
                try rows.events(number * piece..<min(rows.count, (number + 1) * piece))
            }
            spent += try await ContinuousClock().measure {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for caller in 0..<4 {
                        group.addTask {
                            for number in stride(from: caller, to: batch.count, by: 4) {
                                _ = try await store.add(batch[number])
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
        return spent / .seconds(1)
    }

    /// Asks for a year, less some days, hours, minutes and milliseconds at both ends, above anything.
    private func ask(_ store: DatabaseStore, _ baseline: Baseline) async throws -> Result {
        var result = Result()
        var numbers = SeededGenerator(seed: 3)
        func query(client: String?) throws -> CountQuery {
            try CountQuery(
                from: Timestamp(
                    milliseconds: MeasuredRows.start + Int64.random(in: 0..<86_400_000 * 10, using: &numbers)),
                to: Timestamp(
                    milliseconds: MeasuredRows.start + MeasuredRows.length
                        - Int64.random(in: 0..<86_400_000 * 10, using: &numbers)),
                above: Int.random(in: 0...1_000_000, using: &numbers), client: client)
        }
        for number in 0..<2_000 {
            let one = try query(client: rows.client(number % rows.clients))
            result.one.add(try await ContinuousClock().measure { _ = try await store.count(one) })
            let all = try query(client: nil)
            result.all.add(try await ContinuousClock().measure { _ = try await store.count(all) })
        }
        var wrong = 0
        for number in 0..<20 {
            let client = rows.client(number % rows.clients)
            let query = try query(client: client)
            let plain = try baseline.count(
                client: client, from: query.from.milliseconds, to: query.to.milliseconds, above: query.above)
            let answer = try await store.count(query)
            if plain.counts != [answer.images, answer.imagesAbove] { wrong += 1 }
            result.plain.add(.milliseconds(plain.milliseconds))
        }
        print("  a year of one client: \(result.one.summary)")
        print("  a year of all clients: \(result.all.summary)")
        print("  SELECT count(*) with an index, one client: \(result.plain.summary); \(wrong) answers differ")
        print(
            String(
                format: "  count(*) takes %.0f times the median, %.0f times the 99th percentile, of one client",
                result.plain[50] / result.one[50], result.plain[50] / result.one[99]))
        return result
    }
}

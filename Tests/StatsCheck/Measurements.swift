import Foundation
import REDEvents
import REDStats
import StatsSamples
import WallClock

/// What stores take, beside what the databases themselves take for the same.
struct Measurements {
    let kind: String
    let rows: MeasuredRows
    let folder: String

    func run() async throws {
        let isPostgreSQL = kind == "postgres"
        let server = isPostgreSQL ? try PostgreSQLServer(settings: Self.settings) : nil
        defer { server?.remove() }
        let store = try DatabaseStore(url: try server?.database() ?? "sqlite:\(folder)/stats.sqlite")
        let baseline = Baseline(target: try server?.database() ?? "\(folder)/bare.sqlite")
        print(
            "\(kind): \(rows.count) events of \(rows.clients) clients in a year, \(rows.hasRandomIDs ? "random ids" : "ids by time")"
        )
        let path = "\(folder)/rows.csv"
        try rows.write(to: path)
        chmod(path, 0o644)
        let bare = try baseline.load(path)
        let indexed = try baseline.index()
        let added = try await ingest(store)
        print("  into a bare table: \(rate(bare)); with its index: \(rate(bare + indexed))")
        print("  added: \(rate(added)); the bare table takes \(String(format: "%.1f", added / bare)) times less")
        fflush(nil)
        try await ask(store, baseline)
        await store.close()
    }

    /// Memory as a server of this size is given; nothing else is changed, so that commits are on the disk.
    private static let settings = ["shared_buffers = 1GB", "max_wal_size = 4GB", "maintenance_work_mem = 256MB"]

    private func rate(_ seconds: Double) -> String { "\(Int(Double(rows.count) / seconds)) events/s" }

    /// Adds all events by four callers in pieces of 5,000; gives the seconds it took.
    private func ingest(_ store: DatabaseStore) async throws -> Double {
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
    private func ask(_ store: DatabaseStore, _ baseline: Baseline) async throws {
        var numbers = SampleNumbers(seed: 3)
        func query(client: String?) throws -> CountQuery {
            try CountQuery(
                from: Timestamp(
                    milliseconds: MeasuredRows.start + Int64.random(in: 0..<86_400_000 * 10, using: &numbers)),
                to: Timestamp(
                    milliseconds: MeasuredRows.start + MeasuredRows.length
                        - Int64.random(in: 0..<86_400_000 * 10, using: &numbers)),
                above: Int.random(in: 0...1_000_000, using: &numbers), client: client)
        }
        for isOne in [true, false] {
            var times = Times()
            for number in 0..<2_000 {
                let query = try query(client: isOne ? rows.client(number % rows.clients) : nil)
                times.add(try await ContinuousClock().measure { _ = try await store.count(query) })
            }
            print("  a year of \(isOne ? "one client" : "all clients"): \(times.summary)")
        }
        var theirs = Times()
        var wrong = 0
        for number in 0..<20 {
            let client = rows.client(number % rows.clients)
            let query = try query(client: client)
            let plain = try baseline.count(
                client: client, from: query.from.milliseconds, to: query.to.milliseconds, above: query.above)
            let answer = try await store.count(query)
            if plain.counts != [answer.images, answer.imagesAbove] { wrong += 1 }
            theirs.add(.milliseconds(plain.milliseconds))
        }
        print("  SELECT count(*) with an index, one client: \(theirs.summary); \(wrong) answers differ")
    }
}

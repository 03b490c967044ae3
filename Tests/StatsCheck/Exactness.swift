import Foundation
import REDEvents
import REDStats
import StatsSamples

/// Random questions about random events, beside a plain count.
enum Exactness {
    /// - Returns: How many answers differ.
    static func run(_ kind: String, events: Int, queries: Int, seed: UInt64, folder: String) async throws -> Int {
        let server = kind == "postgres" ? try PostgreSQLServer() : nil
        defer { server?.remove() }
        let store = try DatabaseStore(url: try server?.database() ?? "sqlite:\(folder)/exactness.sqlite")
        var samples = EventSamples(seed: seed)
        let all = try (0..<events).map { try samples.event($0) }.shuffled(using: &samples.numbers)
        for start in stride(from: 0, to: events, by: 3_000) {
            _ = try await store.add(Array(all[start..<min(events, start + 3_000)]))
        }
        var wrong = 0
        for number in 0..<queries {
            let query = try samples.query(thresholds: all.prefix(10_000).map(\.red))
            let answer = try await store.count(query)
            guard answer != BruteForce.count(query, all) else { continue }
            wrong += 1
            print("query \(number) is answered wrongly: \(query)")
        }
        print("\(kind): \(queries) queries of \(events) events, seed \(seed): \(wrong) differences")
        await store.close()
        return wrong
    }
}

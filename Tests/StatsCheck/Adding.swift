import Foundation
import REDStats
import StatsSamples

/// A process that adds events, and says how many were acknowledged, to be ended in the middle.
enum Adding {
    /// Adds the events of a seed in pieces of 50.
    static func run(_ url: String, seed: UInt64, count: Int) async throws {
        let store = try DatabaseStore(url: url)
        var samples = EventSamples(seed: seed)
        for start in stride(from: 0, to: count, by: 50) {
            _ = try await store.add((start..<min(count, start + 50)).map { try samples.event($0) })
            FileHandle.standardOutput.write(Data("\(min(count, start + 50))\n".utf8))
        }
        await store.close()
    }
}

import Hoofprint
import WallClock

/// Reads from a store what Graphite is told.
struct BandReader: Sendable {
    let store: any StatsStore

    /// A client's minutes that have pictures.
    ///
    /// What is added while it reads may be in it or not, but is never in two bands: the redder ones are counted
    /// first, and counts only grow.
    ///
    /// - Parameter minutes: Counted from 1970; at most ``CountQuery/mostBuckets``.
    /// Cost: nine queries; one where there are no pictures.
    func read(_ client: String, _ minutes: Range<Int64>) async throws(StatsStoreError) -> [MinuteBands] {
        try await span("graphite.read") { () async throws(StatsStoreError) in
            var images: [Int] = []
            var above: [[Int]] = []
            for bound in MinuteBands.bounds.reversed() {
                let result = try await count(client, minutes, above: bound)
                if result.images == 0 { return [] }
                images = result.buckets.map(\.images)
                above.append(result.buckets.map(\.imagesAbove))
            }
            return images.indices.filter { images[$0] > 0 }.map { place in
                MinuteBands(
                    minute: minutes.lowerBound + Int64(place), images: images[place],
                    above: above.reversed().map { $0[place] })
            }
        }
    }

    private func count(
        _ client: String, _ minutes: Range<Int64>, above: Int
    ) async throws(StatsStoreError) -> CountResult {
        let query: CountQuery
        do throws(CountMistake) {
            query = try CountQuery(
                from: Timestamp(milliseconds: minutes.lowerBound * 60_000),
                to: Timestamp(milliseconds: minutes.upperBound * 60_000), above: above, client: client,
                step: .minutes(1))
        } catch {
            throw StatsStoreError.invalid("\(error)")
        }
        return try await store.count(query)
    }
}

import WallClock

/// Sends Graphite what a store has of an interval, minute by minute.
package struct GraphiteExport: Sendable {
    /// What was sent.
    package struct Summary: Sendable, Equatable {
        package var clients = 0
        /// Minutes of clients.
        package var minutes = 0
        /// Minutes before this moment were not looked at, being older than carbon keeps minutes; nil: all were.
        package var first: Timestamp?
    }

    private let reader: BandReader
    private let prefix: String
    /// So many minutes are read at once, and so many clients named.
    private static let piece: Int64 = 1_440
    private static let page = 1_000

    init(_ store: any StatsStore, prefix: String) {
        reader = BandReader(store: store)
        self.prefix = prefix
    }

    /// Sends an interval, and returns once carbon has read all of it.
    ///
    /// - Parameters:
    ///   - store: What has the counts.
    ///   - settings: Where they are sent.
    ///   - from: When the interval begins. Whole minutes are sent, those that the interval touches; 1970…9999.
    ///   - to: When it ends.
    ///   - client: Whose pictures; nil: everybody's.
    /// - Throws: ``CarbonError``, ``StatsStoreError``. What was sent until then stays sent.
    package static func run(
        _ store: any StatsStore, _ settings: GraphiteSettings, from: Timestamp, to: Timestamp, client: String?
    ) async throws -> Summary {
        var feed = CarbonFeed(settings.carbon, GraphiteCounts())
        try await feed.connect()
        let export = GraphiteExport(store, prefix: settings.prefix)
        let (start, end) = (max(0, from.milliseconds) / 60_000, max(0, to.milliseconds + 59_999) / 60_000)
        let kept = settings.minutes(at: .now)
        var summary = Summary()
        if start < end {
            summary = try await export.send((start..<end).clamped(to: kept), of: client, to: &feed)
        }
        if start < kept.lowerBound { summary.first = Timestamp(milliseconds: kept.lowerBound * 60_000) }
        try await feed.finish()
        return summary
    }

    /// Sends minutes.
    func send(_ minutes: Range<Int64>, of client: String?, to feed: inout CarbonFeed) async throws -> Summary {
        var summary = Summary()
        if let client {
            try await send(minutes, ofOne: client, to: &feed, &summary)
            return summary
        }
        var last: String?
        while true {
            let clients = try await reader.store.clients(
                from: Timestamp(milliseconds: minutes.lowerBound * 60_000),
                to: Timestamp(milliseconds: minutes.upperBound * 60_000), after: last, limit: Self.page)
            for client in clients { try await send(minutes, ofOne: client, to: &feed, &summary) }
            guard clients.count == Self.page else { return summary }
            last = clients.last
        }
    }

    private func send(
        _ minutes: Range<Int64>, ofOne client: String, to feed: inout CarbonFeed, _ summary: inout Summary
    ) async throws {
        let metric = "\(prefix).\(GraphiteName.of(client))"
        var hasAny = false
        var start = minutes.lowerBound
        while start < minutes.upperBound {
            let end = min(start + Self.piece, minutes.upperBound)
            let found = try await reader.read(client, start..<end)
            start = end
            guard !found.isEmpty else { continue }
            var lines: [UInt8] = []
            for bands in found { bands.write(metric, to: &lines) }
            try await feed.send(lines)
            hasAny = true
            summary.minutes += found.count
        }
        if hasAny { summary.clients += 1 }
    }
}

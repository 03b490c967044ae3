import EventBroker
import Logging
import REDEvents
import WallClock

/// Keeps Graphite up to date: sends it the counts of each client's minutes in which something was counted, by this
/// process.
///
/// They are counts of all that the store has, not differences, so that sending them again, late events, and other
/// instances that send the same minute make them right. Each is sent once more a minute later, for two instances may
/// read and send in different orders. What could not be sent waits; where the
/// connection breaks, what was sent in the minutes before is sent again, for carbon does not say what it has read.
/// What waits is bounded: what there is no room for is counted and told, and ``GraphiteExport`` sends it later. So it
/// does for what a killed process had counted more than ``GraphiteSettings/recentMinutes`` after its pictures came.
package struct GraphiteExporter: Sendable {
    private let store: any StatsStore
    private let reader: BandReader
    private let settings: GraphiteSettings
    private let minutes: TouchedMinutes
    private let logger: Logger
    /// How sending went.
    package let counts = GraphiteCounts()
    /// How many minutes wait to be sent.
    package var waiting: Int { minutes.count }

    /// So many minutes are read and sent at once, some 400 kB.
    private static let batch = 500

    /// - Parameters:
    ///   - store: What has the counts.
    ///   - settings: Where they are sent.
    ///   - logger: Told once of each trouble, and of its end.
    package init(_ store: any StatsStore, _ settings: GraphiteSettings, logger: Logger) {
        self.store = store
        self.settings = settings
        reader = BandReader(store: store)
        minutes = TouchedMinutes(settings)
        self.logger = logger
    }

    /// Has the minutes of events sent that were counted, or had been counted before.
    ///
    /// Cost: a fraction of a microsecond an event; never waits.
    package func touched(_ events: [MeasuredEvent]) { dropped(minutes.touch(events)) }

    /// Sends until the task is cancelled; what waits then has ``GraphiteSettings/grace`` to be sent.
    package func run() async throws {
        var feed = CarbonFeed(settings.carbon, counts)
        var trouble = Trouble(logger)
        await sendRecent(&feed, &trouble)
        while !Task.isCancelled {
            if feed.hasBroken() {
                dropped(minutes.sendAgain())
                await sendRecent(&feed, &trouble)
            }
            if await !sendDue(&feed, &trouble) { await trouble.wait() }
        }
        // In a task of its own, which is not cancelled: what it calls would end at once.
        let ending = feed
        await Task { await end(ending) }.value
    }

    /// Sends what is due, or waits a little where nothing is; false if it cannot be sent now.
    private func sendDue(_ feed: inout CarbonFeed, _ trouble: inout Trouble) async -> Bool {
        let touched = minutes.take(Self.batch)
        guard await deliver(touched, settles: true, to: &feed, &trouble) else { return false }
        let settled = minutes.takeSettled()
        guard await deliver(settled, settles: false, to: &feed, &trouble) else { return false }
        // Ended early by cancellation alone, which the caller's loop looks at.
        if touched.isEmpty, settled.isEmpty { try? await Task.sleep(for: settings.tick) }
        return true
    }

    /// Sends what a process before this one may have counted and not sent, or carbon not have read.
    private func sendRecent(_ feed: inout CarbonFeed, _ trouble: inout Trouble) async {
        let first = max(0, Timestamp.now.milliseconds / 60_000 - settings.recentMinutes)
        let export = GraphiteExport(store, prefix: settings.prefix)
        while !Task.isCancelled {
            do {
                try await feed.connect()
                _ = try await export.send(first..<Timestamp.now.milliseconds / 60_000 + 1, of: nil, to: &feed)
                return trouble.end()
            } catch let error as StatsStoreError where !error.isTransient {
                return trouble.tell("what was counted before the start is not sent to Graphite: \(error)")
            } catch {
                trouble.tell("counts wait to be sent to Graphite: \(error)")
                await trouble.wait()
            }
        }
    }

    /// Sends minutes; false if they wait again.
    private func deliver(
        _ keys: [ClientMinute], settles: Bool, to feed: inout CarbonFeed, _ trouble: inout Trouble
    ) async -> Bool {
        if keys.isEmpty { return true }
        do {
            // First, so that the store is not asked again and again while carbon is away.
            try await feed.connect()
            try await feed.send(try await lines(keys))
            minutes.remember(keys, settles: settles)
            trouble.end()
            return true
        } catch {
            trouble.tell("counts wait to be sent to Graphite: \(error)")
            dropped(minutes.putBack(keys))
            return false
        }
    }

    /// What carbon is told of minutes.
    private func lines(_ keys: [ClientMinute]) async throws(StatsStoreError) -> [UInt8] {
        var lines: [UInt8] = []
        let range = settings.minutes(at: .now)
        let kept = keys.filter { range.contains($0.minute) }
        counts.add { $0.outside += keys.count - kept.count }
        let hours = Dictionary(grouping: kept) { ClientMinute(client: $0.client, minute: $0.minute / 60) }
        for (hour, keys) in hours {
            let wanted = Set(keys.map(\.minute))
            guard let first = wanted.min(), let last = wanted.max() else { continue }
            let metric = "\(settings.prefix).\(GraphiteName.of(hour.client.text))"
            do throws(StatsStoreError) {
                for bands in try await reader.read(hour.client.text, first..<last + 1)
                where wanted.contains(bands.minute) {
                    bands.write(metric, to: &lines)
                }
            } catch StatsStoreError.gone {
                counts.add { $0.outside += keys.count }
            } catch {
                guard !error.isTransient else { throw error }
                logger.error("\(keys.count) minutes are not sent to Graphite as '\(metric)': \(error)")
                counts.add { $0.dropped += keys.count }
            }
        }
        return lines
    }

    /// Sends what waits, and has carbon read it, within the time there is for that.
    private func end(_ feed: CarbonFeed) async {
        var feed = feed
        feed.hurry()
        var trouble = Trouble(logger)
        let limit = ContinuousClock.now + settings.grace
        while .now < limit {
            let keys = minutes.take(Self.batch, hurries: true)
            guard !keys.isEmpty, await deliver(keys, settles: false, to: &feed, &trouble) else { break }
        }
        do throws(CarbonError) {
            try await feed.finish()
        } catch {
            trouble.tell("what was sent to Graphite last may be missing there: \(error)")
        }
        if minutes.count > 0 {
            logger.warning("\(minutes.count) minutes were not sent to Graphite; 'red-stats export' sends them")
        }
    }

    /// Counts minutes that there is no room for, and tells of the first.
    private func dropped(_ count: Int) {
        guard count > 0 else { return }
        let before = counts.add { values in
            defer { values.dropped += count }
            return values.dropped
        }
        guard before == 0 else { return }
        logger.error(
            "\(settings.mostWaiting) minutes wait for Graphite, more are not sent; 'red-stats export' sends them later")
    }
}

/// Tells of a trouble once, and of its end, and waits longer and longer while there is one.
private struct Trouble {
    private let logger: Logger
    private var isTold = false
    private var backoff = Backoff()

    init(_ logger: Logger) { self.logger = logger }

    mutating func tell(_ text: String) {
        if !isTold { logger.error("\(text)") }
        isTold = true
    }

    mutating func wait() async { await backoff.wait() }

    mutating func end() {
        if isTold { logger.notice("counts are sent to Graphite again") }
        isTold = false
        backoff.reset()
    }
}

import REDEvents
import WallClock

/// Where events are kept and counted, with keys, subscriptions and alerts: one database.
///
/// Every change is on the disk when its call returns. Several processes may use one store at once. Of a call that
/// throws, nothing has happened, but where the connection broke in the middle of a commit: then it may have, and
/// calling ``add(_:)-([MeasuredEvent])`` again is safe.
package protocol StatsStore: Sendable {
    /// The store's URL without its password.
    var name: String { get }
    /// What an operator should know: settings under which less is promised. Empty where all is well.
    var warnings: [String] { get }

    /// Counts events, each once, however often and through whichever process it comes, and makes an alert for each
    /// subscription that an event exceeds.
    ///
    /// What several callers add at the same time is committed together: call it from many tasks, or with many events.
    func add(_ events: [MeasuredEvent]) async throws(StatsStoreError) -> AddResult

    /// Counts events of the past as ``add(_:)-([MeasuredEvent])`` does, but tells nobody.
    func importPast(_ events: [MeasuredEvent]) async throws(StatsStoreError) -> AddResult

    /// Answers a question, exactly, of one moment.
    func count(_ query: CountQuery) async throws(StatsStoreError) -> CountResult

    /// Clients that have pictures in the hours that an interval touches, by their names; those behind `after`.
    ///
    /// Cost: some microseconds a client that there is between `after` and the last one given.
    func clients(
        from: Timestamp, to: Timestamp, after: String?, limit: Int
    ) async throws(StatsStoreError) -> [String]

    /// Removes what is older than it is to be kept.
    ///
    /// - Parameters:
    ///   - retention: How long things are kept.
    ///   - now: What ages are counted back from.
    func retain(_ retention: Retention, now: Timestamp) async throws(StatsStoreError) -> Retained

    /// Builds the rollups of the months that an interval touches from their events again. Adding waits meanwhile.
    ///
    /// - Returns: How many events were counted again.
    /// - Throws: ``StatsStoreError/gone(from:to:)`` where the events of a month are not all kept any more.
    func reroll(from: Timestamp, to: Timestamp) async throws(StatsStoreError) -> Int

    // MARK: Keys

    func add(_ key: KeyRecord) async throws(StatsStoreError)
    /// The key with this SHA-256, revoked ones, too; nil if there is none.
    func key(withHash hash: [UInt8]) async throws(StatsStoreError) -> KeyRecord?
    /// The keys of a client, of all clients for nil, by their ids; those behind `after`.
    func keys(of client: String?, after: String?, limit: Int) async throws(StatsStoreError) -> [KeyRecord]
    /// Revokes a key of a client, of any for nil; whether there was one that was not.
    func revokeKey(_ id: String, of client: String?) async throws(StatsStoreError) -> Bool

    // MARK: Subscriptions. A client of nil stands for every client: the administrator.

    func add(_ subscription: Subscription) async throws(StatsStoreError)
    func subscription(_ id: String, of client: String?) async throws(StatsStoreError) -> Subscription?
    /// Subscriptions by their ids; those behind `after`.
    func subscriptions(of client: String?, after: String?, limit: Int) async throws(StatsStoreError) -> [Subscription]
    /// Changes a subscription; nil if there is none.
    func change(
        _ id: String, of client: String?, _ change: SubscriptionChange
    ) async throws(StatsStoreError) -> Subscription?
    /// Removes a subscription and its alerts; whether there was one.
    func removeSubscription(_ id: String, of client: String?) async throws(StatsStoreError) -> Bool

    // MARK: Alerts

    /// The alerts of a client after a sequence number, in order: what server-sent events resume from.
    func alerts(of client: String?, after sequence: Int64, limit: Int) async throws(StatsStoreError) -> [Alert]
    /// The alerts of a subscription, the latest first; those before a sequence number.
    func alerts(
        ofSubscription id: String, of client: String?, before sequence: Int64?, limit: Int
    ) async throws(StatsStoreError) -> [Alert]
    /// The sequence number of the latest alert; 0 before the first.
    func lastAlert() async throws(StatsStoreError) -> Int64

    /// Claims what is to be delivered now by a channel: until the claim ends, no other worker gets these subscriptions.
    ///
    /// - Parameters:
    ///   - channel: The way by which they are told.
    ///   - seconds: How long the claim lasts. What was not reported by then is given to somebody again.
    ///   - limit: At most so many subscriptions, with at most 100 alerts each.
    func claim(
        _ channel: Subscription.Channel, forSeconds seconds: Int, limit: Int
    ) async throws(StatsStoreError) -> [Delivery]
    /// Makes due what a clock that was set back holds up: subscriptions whose moment is further ahead than any can be.
    ///
    /// Clocks of several machines may differ by a minute. Cost: all subscriptions that wait for a try to be repeated are
    /// looked at.
    ///
    /// - Parameters:
    ///   - channel: The way by which they are told.
    ///   - claim: How long a claim lasts, in seconds.
    ///   - retry: How long the pause before a try is at most, in seconds.
    /// - Returns: How many subscriptions there were.
    func hasten(
        _ channel: Subscription.Channel, claim: Int, retry: Int
    ) async throws(StatsStoreError) -> Int
    /// Writes down how delivering alerts of one claim went, and gives the subscription back.
    ///
    /// - Returns: False where the claim had ended: the subscription may be another's now. Deliveries are written down
    ///   nevertheless.
    func report(
        _ outcomes: [(sequence: Int64, outcome: DeliveryOutcome)], of delivery: Delivery
    ) async throws(StatsStoreError) -> Bool

    /// Says each time that there may be new alerts, from this process or another; the first time at once.
    func alertNotices() -> AsyncStream<Void>

    /// Waits for what is under way, and lets go of the database. Later calls fail.
    func close() async
}

/// What became of events that were added.
package struct AddResult: Sendable, Equatable {
    /// How many were new, and are counted.
    package var added = 0
    /// How many had been counted before.
    package var duplicates = 0
    /// How many are older than events are kept, so that it cannot be known whether they were counted: they were not
    /// now.
    package var expired = 0

    package init(added: Int = 0, duplicates: Int = 0, expired: Int = 0) {
        self.added = added
        self.duplicates = duplicates
        self.expired = expired
    }
}

/// How many days things are kept; nil: for ever. Counts by month always are.
package struct Retention: Sendable, Equatable {
    package var events: Int?
    package var minutes: Int?
    package var hours: Int?
    package var days: Int?
    /// Alerts that nobody is to be told of any more.
    package var alerts: Int?

    package init(
        events: Int? = nil, minutes: Int? = nil, hours: Int? = nil, days: Int? = nil, alerts: Int? = nil
    ) {
        self.events = events
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.alerts = alerts
    }

    /// Looks whether coarser things are kept as long as finer ones.
    package func check() throws(StatsStoreError) {
        let order = [("events", events), ("minutes", minutes), ("hours", hours), ("days", days)]
        for ((fine, short), (coarse, long)) in zip(order, order.dropFirst())
        where (long ?? .max) < (short ?? .max) {
            throw StatsStoreError.invalid("retention: \(coarse) must be kept at least as long as \(fine)")
        }
        for days in [events, minutes, hours, days, alerts].compactMap(\.self) where days < 1 || days > 100_000 {
            throw StatsStoreError.invalid("retention: \(days) is not in 1…100000 days")
        }
    }
}

/// What retention removed.
package struct Retained: Sendable, Equatable {
    package var events = 0
    package var rollups = 0
    package var alerts = 0

    package init() {}
}

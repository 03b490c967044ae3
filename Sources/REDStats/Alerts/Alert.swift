import WallClock

/// That a picture was redder than a subscription's value: there is exactly one for a subscription and an event.
package struct Alert: Sendable, Equatable {
    /// What became of telling the client.
    package enum State: Int, Sendable {
        /// Nobody is told; see ``Subscription/Channel/stream``.
        case kept
        /// The client is to be told.
        case pending
        case delivered
        /// It was tried too often.
        case givenUp
    }

    /// Its place in the order of a store's alerts, from 1; numbers may be missing, but none comes after a higher one.
    package let sequence: Int64
    /// The subscription's id.
    package let subscription: String
    /// Whose it is.
    package let client: String
    /// The value that was exceeded, in parts per million.
    package let above: Int
    /// The event's id and source.
    package let event: String, source: String
    /// When the picture was received.
    package let time: Timestamp
    /// How much of it is red, in parts per million.
    package let red: Int
    /// The picture's id.
    package let image: String
    package let traceParent: String?
    /// When the alert was made.
    package let made: Timestamp
    package let state: State
    /// How often it was tried to tell the client.
    package let attempts: Int
    /// When it is tried next; nil where it is not.
    package let nextAttempt: Timestamp?
    /// When the client was told; nil if it was not.
    package let delivered: Timestamp?
}

/// Alerts of one subscription that one worker is to deliver, in order, before its claim ends.
package struct Delivery: Sendable, Equatable {
    /// Where to.
    package let subscription: Subscription
    /// What, the oldest first. At the first that fails, those behind it wait, too.
    package let alerts: [Alert]
    /// Names the claim to ``StatsStore/report(_:of:)``.
    package let claim: String
}

/// How delivering an alert went.
package enum DeliveryOutcome: Sendable, Equatable {
    case delivered
    /// It is to be tried again, not before this moment.
    case failed(retry: Timestamp)
    case givenUp
}

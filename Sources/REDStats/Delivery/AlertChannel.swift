/// A way to tell clients of alerts.
protocol AlertChannel: Sendable {
    /// Which one it is.
    var kind: Subscription.Channel { get }
    /// How many subscriptions may be served at a time.
    var concurrency: Int { get }
    /// How long one try takes at most, in seconds.
    var longestTry: Int { get }

    /// Tells a client of the first of some alerts, or of several at once; tries it once.
    ///
    /// A task that is cancelled gets ``Attempt/Result/interrupted`` soon.
    ///
    /// - Parameter alerts: At least one, in order.
    func tell(_ subscription: Subscription, of alerts: [Alert]) async -> Attempt
}

/// How it went to tell a client.
struct Attempt: Sendable {
    enum Result: Sendable, Equatable {
        case delivered
        /// It may be better later.
        ///
        /// - Parameters:
        ///   - wait: For how many seconds the receiver asks; nil if it does not.
        ///   - isReceivers: Whether the client's end is at fault, rather than ours.
        case failed(String, wait: Int? = nil, isReceivers: Bool = true)
        /// These alerts will never be taken.
        case refused(String)
        /// The client's end is no more.
        case gone(String)
        /// It was ended by us: nothing is known.
        case interrupted

        /// Whether these alerts need no other try, so that those behind them have their turn.
        var isFinal: Bool {
            switch self {
            case .delivered, .refused: true
            case .failed, .gone, .interrupted: false
            }
        }

        /// What kind of an end it is.
        var kind: String {
            switch self {
            case .delivered: "delivered"
            case .failed: "failed"
            case .refused: "refused"
            case .gone: "gone"
            case .interrupted: "interrupted"
            }
        }

        /// What to say of it.
        var text: String {
            switch self {
            case .delivered: "delivered"
            case .failed(let reason, _, _), .gone(let reason): reason
            case .refused(let reason): "refused for good: \(reason)"
            case .interrupted: "ended"
            }
        }
    }

    /// How many alerts it was about, from the first.
    let count: Int
    let result: Result
}

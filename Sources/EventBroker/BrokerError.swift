/// Why a broker could not do what it was asked to.
public struct BrokerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a caller can do about it.
    public enum Kind: Sendable, Equatable {
        /// The URL, or a name or message that was handed over: mend it.
        case invalid
        /// The broker cannot be reached, or not for now: try again later.
        case unavailable
        /// The broker keeps no more: try again when consumers have caught up.
        case full
        /// There is no group yet that the broker would keep messages for: try again once there is.
        case noGroup
        /// The broker refuses: credentials, rights, or a queue with settings that are not ours.
        case refused
        /// The broker or consumer was closed.
        case closed
    }

    /// What a caller can do about it.
    public let kind: Kind
    /// The broker's URL, without a password.
    public let broker: String
    /// What is wrong, and what to do.
    public let problem: String

    /// An error at the broker that a URL names.
    init(_ kind: Kind, _ broker: String, _ problem: String) {
        self.kind = kind
        self.broker = broker
        self.problem = problem
    }

    /// The broker and what is wrong.
    public var description: String { "broker '\(broker)': \(problem)" }
}

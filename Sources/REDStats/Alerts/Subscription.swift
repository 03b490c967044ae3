import WallClock

/// That a client wants to be told of pictures that are redder than a value of its own.
package struct Subscription: Sendable, Equatable {
    /// By which way a client is told.
    package enum Channel: String, Sendable, CaseIterable {
        /// It asks, or listens to server-sent events: nothing is delivered.
        case stream
        /// A request to a URL of its own.
        case webhook
        case email
        /// A message to an exchange or topic.
        case broker
    }

    /// Names it: 32 hexadecimal digits.
    package let id: String
    /// Whose it is.
    package let client: String
    /// Strictly more red than so much, in parts per million.
    package var above: Int
    package var channel: Channel
    /// What the channel needs to know, a JSON text that stores do not read.
    package var configuration: String
    /// Whether alerts are made.
    package var isEnabled: Bool
    /// What the client calls it.
    package var name: String?
    /// When it was made.
    package let created: Timestamp

    /// A subscription that is not in a store yet.
    ///
    /// - Parameters:
    ///   - client: Whose it is: 1…256 bytes, without NUL.
    ///   - above: 0…1,000,000.
    ///   - channel: By which way the client is told.
    ///   - configuration: At most 16 KiB, without NUL.
    ///   - name: At most 512 bytes, without NUL.
    ///   - isEnabled: Whether alerts are made.
    /// - Throws: ``StatsStoreError/invalid(_:)``.
    package init(
        client: String, above: Int, channel: Channel, configuration: String = "{}", name: String? = nil,
        isEnabled: Bool = true
    ) throws(StatsStoreError) {
        try self.init(
            id: RandomName.make(), client: client, above: above, channel: channel, configuration: configuration,
            isEnabled: isEnabled, name: name, created: .now)
        try check()
    }

    /// One that is in a store.
    init(
        id: String, client: String, above: Int, channel: Channel, configuration: String, isEnabled: Bool,
        name: String?, created: Timestamp
    ) throws(StatsStoreError) {
        self.id = id
        self.client = client
        self.above = above
        self.channel = channel
        self.configuration = configuration
        self.isEnabled = isEnabled
        self.name = name
        self.created = created
    }

    /// The subscription with a change made.
    ///
    /// - Throws: ``StatsStoreError/invalid(_:)``.
    package func changed(_ change: SubscriptionChange) throws(StatsStoreError) -> Subscription {
        var new = self
        if let above = change.above { new.above = above }
        if let channel = change.channel { new.channel = channel }
        if let configuration = change.configuration { new.configuration = configuration }
        if let isEnabled = change.isEnabled { new.isEnabled = isEnabled }
        if let name = change.name { new.name = name }
        try new.check()
        return new
    }

    /// Looks whether a store can keep it as it is.
    func check() throws(StatsStoreError) {
        guard (0...1_000_000).contains(above) else {
            throw StatsStoreError.invalid("'above': \(above) is not in 0…1000000 parts per million")
        }
        try KeptText.check(client, "client", 1...256)
        try KeptText.check(configuration, "configuration", 0...16_384)
        if let name { try KeptText.check(name, "name", 0...512) }
    }
}

/// What of a subscription is to be changed; nil leaves a thing as it is.
package struct SubscriptionChange: Sendable {
    package var above: Int?
    package var channel: Subscription.Channel?
    package var configuration: String?
    package var isEnabled: Bool?
    /// `.some(nil)` takes the name away.
    package var name: String??

    package init(
        above: Int? = nil, channel: Subscription.Channel? = nil, configuration: String? = nil, isEnabled: Bool? = nil,
        name: String?? = nil
    ) {
        self.above = above
        self.channel = channel
        self.configuration = configuration
        self.isEnabled = isEnabled
        self.name = name
    }
}

/// Names that cannot be guessed.
enum RandomName {
    /// 32 hexadecimal digits, of 128 bits from the system's generator.
    static func make() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }
}

/// Texts from outside that stores keep.
enum KeptText {
    static func check(_ text: String, _ name: String, _ length: ClosedRange<Int>) throws(StatsStoreError) {
        guard length.contains(text.utf8.count) else {
            throw StatsStoreError.invalid(
                "'\(name)': it has \(text.utf8.count) bytes and not \(length.lowerBound)…\(length.upperBound)")
        }
        guard !text.utf8.contains(0) else { throw StatsStoreError.invalid("'\(name)': it holds a NUL") }
    }
}

/// Brings messages from those who publish them to groups of consumers, at least once.
///
/// There are three drivers, chosen by URL, see ``EventBrokers``. All are used in the same way and may be called from any
/// task; what blocks, blocks on threads of their own.
public protocol EventBroker: Sendable {
    /// Hands messages over; returns once the broker has all of them on its disk.
    ///
    /// Lost connections are made anew, and what was not confirmed is sent again, for as long as
    /// ``BrokerOptions/publishPatience``.
    ///
    /// - Parameters:
    ///   - messages: In order; batches of some hundred are fastest.
    ///   - topic: A name of letters, digits, `.`, `_` and `-`, at most 100 bytes.
    /// - Throws: Why not all were taken. Some may have been: publishing all again is safe, as ids are counted once.
    func publish(_ messages: [BrokerMessage], to topic: String) async throws(BrokerError)

    /// Joins a group: each message of the topic goes to one member of each group.
    ///
    /// - Parameters:
    ///   - topic: As in ``publish(_:to:)``.
    ///   - group: A name like a topic's.
    ///   - kind: What a group that is new begins with, and whether it outlives its members.
    /// - Throws: If the broker cannot be reached now, or refuses. Later on, lost connections are made anew.
    func consumer(
        of topic: String, group: String, kind: GroupKind
    ) async throws(BrokerError) -> any EventConsumer

    /// What a group could not handle.
    func deadLetters(of topic: String, group: String) async throws(BrokerError) -> any DeadLetters

    /// Ends what is on its way with an error and gives back connections and threads. Close consumers before.
    func close() async
}

extension EventBroker {
    /// Joins a lasting group, see ``consumer(of:group:kind:)``.
    public func consumer(of topic: String, group: String) async throws(BrokerError) -> any EventConsumer {
        try await consumer(of: topic, group: group, kind: .lasting)
    }
}

/// How long a group lives.
public enum GroupKind: Sendable {
    /// Keeps its place for ever. A new one begins with all that the broker has kept; RabbitMQ keeps nothing for groups
    /// that do not exist yet.
    case lasting
    /// Begins now and ends with its last member: for what is of interest only while it happens. With RabbitMQ and Kafka
    /// it misses what is published while its connection is lost.
    case passing
}

/// A member of a group. One task calls ``next(limit:wait:)``; the other methods may be called beside it.
public protocol EventConsumer: Sendable {
    /// Waits for the first message, then takes what else is there.
    ///
    /// A lost connection is made anew meanwhile, with growing pauses.
    ///
    /// - Parameters:
    ///   - limit: The most messages that are wanted, at least 1.
    ///   - wait: How long to wait for the first.
    /// - Returns: Nothing if the time is over or the task was cancelled.
    func next(limit: Int, wait: Duration) async throws(BrokerError) -> [Delivery]

    /// Says that messages were handled. A delivery that has become void meanwhile is passed over: it comes again.
    func acknowledge(_ deliveries: [Delivery]) async throws(BrokerError)

    /// Has messages delivered again soon, to any member; after ``BrokerOptions/deliveries`` they are dead letters.
    func release(_ deliveries: [Delivery]) async throws(BrokerError)

    /// Makes a message a dead letter.
    func reject(_ delivery: Delivery, reason: String) async throws(BrokerError)

    /// Leaves the group; what was not acknowledged goes to other members.
    func close() async
}

/// The dead letters of a group.
public protocol DeadLetters: Sendable {
    /// How many there are.
    func count() async throws(BrokerError) -> Int

    /// The oldest ones.
    func list(limit: Int) async throws(BrokerError) -> [DeadLetter]

    /// Has them delivered again to their group, as if for the first time.
    ///
    /// - Parameter ids: Those of the messages; nil: all.
    /// - Returns: How many there were.
    func replay(_ ids: Set<String>?) async throws(BrokerError) -> Int
}

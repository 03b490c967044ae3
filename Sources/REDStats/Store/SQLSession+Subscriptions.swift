import WallClock

/// Whose rows a statement may see: the one place where clients are kept apart. It is the statement's first value.
struct Owner {
    /// Nil: everybody's.
    let client: String?

    init(_ client: String?) { self.client = client }

    /// A condition on a column that holds a client's number.
    func condition(_ column: String) -> String {
        client == nil ? "$1 = ''" : "\(column) = (SELECT number FROM client WHERE name = $1)"
    }

    /// The value `$1`.
    var value: SQLValue { .text(client ?? "") }
}

extension SQLSession {
    private static var subscriptionColumns: String {
        "s.id, c.name, s.above, s.channel, s.configuration, s.enabled, s.name, s.created, s.number"
    }

    private static var subscriptionTables: String { "subscription s JOIN client c ON c.number = s.client" }

    func add(_ subscription: Subscription) throws {
        try subscription.check()
        _ = try change(
            """
            INSERT INTO subscription (id, client, above, channel, configuration, enabled, name, created)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .text(subscription.id), .integer(try names.number(subscription.client, .client, self)),
                .integer(Int64(subscription.above)), .text(subscription.channel.rawValue),
                .text(subscription.configuration), .integer(subscription.isEnabled ? 1 : 0),
                SQLValue(subscription.name), .integer(subscription.created.milliseconds),
            ])
    }

    func subscription(_ id: String, of client: String?) throws -> (subscription: Subscription, number: Int64)? {
        let owner = Owner(client)
        return try rows(
            """
            SELECT \(Self.subscriptionColumns) FROM \(Self.subscriptionTables)
            WHERE \(owner.condition("s.client")) AND s.id = $2
            """,
            [owner.value, .text(id)]
        ).first.map(Self.subscription)
    }

    func subscriptions(of client: String?, after: String?, limit: Int) throws -> [Subscription] {
        let owner = Owner(client)
        return try rows(
            """
            SELECT \(Self.subscriptionColumns) FROM \(Self.subscriptionTables)
            WHERE \(owner.condition("s.client")) AND s.id > $2 ORDER BY s.id LIMIT $3
            """,
            [owner.value, .text(after ?? ""), .integer(Int64(limit))]
        ).map { try Self.subscription($0).subscription }
    }

    func change(_ id: String, of client: String?, _ change: SubscriptionChange) throws -> Subscription? {
        try lockWriters()
        guard let (old, number) = try subscription(id, of: client) else { return nil }
        let new = try old.changed(change)
        _ = try self.change(
            """
            UPDATE subscription SET above = $1, channel = $2, configuration = $3, enabled = $4, name = $5
            WHERE number = $6
            """,
            [
                .integer(Int64(new.above)), .text(new.channel.rawValue), .text(new.configuration),
                .integer(new.isEnabled ? 1 : 0), SQLValue(new.name), .integer(number),
            ])
        try moveOutlet(of: number, new)
        return new
    }

    func removeSubscription(_ id: String, of client: String?) throws -> Bool {
        // No alert may come to it meanwhile.
        try lockWriters()
        guard let (_, number) = try subscription(id, of: client) else { return false }
        for statement in [
            "DELETE FROM outlet WHERE subscription = $1", "DELETE FROM alert WHERE subscription = $1",
            "DELETE FROM subscription WHERE number = $1",
        ] {
            _ = try change(statement, [.integer(number)])
        }
        return true
    }

    /// Reads ``subscriptionColumns``.
    static func subscription(_ row: [SQLValue]) throws -> (subscription: Subscription, number: Int64) {
        var columns = SQLColumns(row)
        let (id, client, above) = (try columns.text(), try columns.text(), try columns.integer())
        guard let channel = Subscription.Channel(rawValue: try columns.text()) else { throw ForeignRow() }
        let subscription = try Subscription(
            id: id, client: client, above: Int(above), channel: channel, configuration: try columns.text(),
            isEnabled: try columns.integer() == 1, name: try columns.optionalText(),
            created: Timestamp(milliseconds: try columns.integer()))
        return (subscription, try columns.integer())
    }
}

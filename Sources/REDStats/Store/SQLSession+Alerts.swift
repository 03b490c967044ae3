import WallClock

extension SQLSession {
    private static var alertColumns: String {
        """
        a.sequence, s.id, c.name, a.above, a.event, f.name, a.time, a.red, a.image, a.trace, a.made, a.state, a.attempts,
            a.next_attempt, a.delivered
        """
    }

    private static var alertTables: String {
        """
        alert a JOIN subscription s ON s.number = a.subscription JOIN client c ON c.number = a.client
            JOIN source f ON f.number = a.source
        """
    }

    func lastAlert() throws -> Int64 { try number("SELECT max(sequence) FROM alert") ?? 0 }

    func alerts(of client: String?, after sequence: Int64, limit: Int) throws -> [Alert] {
        let owner = Owner(client)
        return try rows(
            """
            SELECT \(Self.alertColumns) FROM \(Self.alertTables)
            WHERE \(owner.condition("a.client")) AND a.sequence > $2 ORDER BY a.sequence LIMIT $3
            """,
            [owner.value, .integer(sequence), .integer(Int64(limit))]
        ).map(Self.alert)
    }

    func alerts(
        ofSubscription id: String, of client: String?, before sequence: Int64?, limit: Int
    ) throws -> [Alert] {
        guard let number = try subscription(id, of: client)?.number else { return [] }
        return try rows(
            """
            SELECT \(Self.alertColumns) FROM \(Self.alertTables)
            WHERE a.subscription = $1 AND a.sequence < $2 ORDER BY a.sequence DESC LIMIT $3
            """,
            [.integer(number), .integer(sequence ?? .max), .integer(Int64(limit))]
        ).map(Self.alert)
    }

    /// The alerts of a subscription that wait, in order.
    private func pending(_ subscription: Int64, limit: Int) throws -> [Alert] {
        try rows(
            """
            SELECT \(Self.alertColumns) FROM \(Self.alertTables)
            WHERE a.subscription = $1 AND a.state = 1 ORDER BY a.sequence LIMIT $2
            """,
            [.integer(subscription), .integer(Int64(limit))]
        ).map(Self.alert)
    }

    private static func alert(_ row: [SQLValue]) throws -> Alert {
        var columns = SQLColumns(row)
        func moment(_ value: Int64) -> Timestamp { Timestamp(milliseconds: value) }
        let sequence = try columns.integer()
        let (subscription, client, above) = (try columns.text(), try columns.text(), try columns.integer())
        let (event, source, time) = (try columns.text(), try columns.text(), try columns.integer())
        let (red, image, trace) = (try columns.integer(), try columns.text(), try columns.optionalText())
        let made = try columns.integer()
        guard let state = Alert.State(rawValue: Int(try columns.integer())) else { throw ForeignRow() }
        return Alert(
            sequence: sequence, subscription: subscription, client: client, above: Int(above), event: event,
            source: source, time: moment(time), red: Int(red), image: image, traceParent: trace, made: moment(made),
            state: state, attempts: Int(try columns.integer()), nextAttempt: try columns.optionalInteger().map(moment),
            delivered: try columns.optionalInteger().map(moment))
    }

    // MARK: Deliveries. A subscription with alerts that wait has an outlet, which says when it is due.

    /// Gives the subscriptions outlets that have alerts which wait behind a sequence number.
    func openOutlets(after sequence: Int64) throws {
        _ = try change(
            """
            INSERT INTO outlet (subscription, channel, due, claim)
            SELECT DISTINCT s.number, s.channel, a.made, '' FROM alert a JOIN subscription s ON s.number = a.subscription
            WHERE a.sequence > $1 AND a.state = 1 ORDER BY s.number
            ON CONFLICT (subscription) DO NOTHING
            """,
            [.integer(sequence)])
    }

    /// Takes a subscription that was changed to its channel's outlets, or out of them; writers must be locked.
    func moveOutlet(of number: Int64, _ subscription: Subscription) throws {
        _ = try change("DELETE FROM outlet WHERE subscription = $1", [.integer(number)])
        if subscription.channel == .stream {
            _ = try change(
                "UPDATE alert SET state = 0, next_attempt = NULL WHERE subscription = $1 AND state = 1",
                [.integer(number)])
        } else if subscription.isEnabled {
            try reopenOutlet(of: number, subscription.channel)
        }
    }

    private func reopenOutlet(of number: Int64, _ channel: Subscription.Channel) throws {
        let row = try rows(
            """
            SELECT coalesce(next_attempt, made) FROM alert WHERE subscription = $1 AND state = 1
            ORDER BY sequence LIMIT 1
            """,
            [.integer(number)]
        ).first
        guard case .integer(let due)? = row?.first else { return }
        _ = try change(
            "INSERT INTO outlet (subscription, channel, due, claim) VALUES ($1, $2, $3, '')",
            [.integer(number), .text(channel.rawValue), .integer(due)])
    }

    func claim(
        _ channel: Subscription.Channel, forSeconds seconds: Int, limit: Int
    ) throws -> [Delivery] {
        let now = Timestamp.now.milliseconds
        let due = try rows(
            """
            SELECT subscription FROM outlet WHERE channel = $1 AND due <= $2 ORDER BY due, subscription LIMIT $3
            \(skipLocked)
            """,
            [.text(channel.rawValue), .integer(now), .integer(Int64(limit))])
        return try due.compactMap { row in
            var columns = SQLColumns(row)
            let number = try columns.integer()
            let claim = RandomName.make()
            _ = try change(
                "UPDATE outlet SET due = $1, claim = $2 WHERE subscription = $3",
                [.integer(now + Int64(seconds) * 1_000), .text(claim), .integer(number)])
            let found = try rows(
                """
                SELECT s.id, c.name, s.above, s.channel, s.configuration, s.enabled, s.name, s.created, s.number
                FROM subscription s JOIN client c ON c.number = s.client WHERE s.number = $1
                """,
                [.integer(number)])
            guard let subscription = try found.first.map(Self.subscription)?.subscription else { return nil }
            return Delivery(
                subscription: subscription, alerts: try pending(number, limit: 100), claim: claim)
        }
    }

    /// How far the clocks of several machines may be apart, in seconds.
    private static var clockSkew: Int { 60 }

    func hasten(_ channel: Subscription.Channel, claim: Int, retry: Int) throws -> Int {
        try lockWriters()
        let now = Timestamp.now.milliseconds
        func ahead(_ seconds: Int) -> SQLValue { .integer(now + Int64(seconds + Self.clockSkew) * 1_000) }
        // What was never tried is due from when it was made.
        return try change(
            """
            UPDATE outlet SET due = $1 WHERE channel = $2 AND due > $3 AND (due > $5 OR CASE claim
                WHEN '' THEN (
                    SELECT next_attempt FROM alert WHERE alert.subscription = outlet.subscription AND state = 1
                    ORDER BY sequence LIMIT 1) IS NULL
                ELSE due > $4 END)
            """,
            [.integer(now), .text(channel.rawValue), ahead(0), ahead(claim), ahead(retry)])
    }

    func report(
        _ outcomes: [(sequence: Int64, outcome: DeliveryOutcome)], of delivery: Delivery
    ) throws -> Bool {
        try lockWriters()
        guard let (subscription, number) = try subscription(delivery.subscription.id, of: nil) else { return false }
        for (sequence, outcome) in outcomes {
            let now = Timestamp.now.milliseconds
            let (state, next, delivered): (Alert.State, SQLValue, SQLValue) =
                switch outcome {
                case .delivered: (.delivered, .null, .integer(now))
                case .failed(let retry): (.pending, .integer(retry.milliseconds), .null)
                case .givenUp: (.givenUp, .null, .null)
                }
            _ = try change(
                """
                UPDATE alert SET state = $1, next_attempt = $2, delivered = $3, attempts = attempts + 1
                WHERE sequence = $4 AND subscription = $5 AND state = 1
                """,
                [.integer(Int64(state.rawValue)), next, delivered, .integer(sequence), .integer(number)])
        }
        let given = try change(
            "DELETE FROM outlet WHERE subscription = $1 AND claim = $2", [.integer(number), .text(delivery.claim)])
        if given > 0, subscription.isEnabled { try reopenOutlet(of: number, subscription.channel) }
        return given > 0
    }
}

import GRDB

/// A group's row, and what its members do to the file within a transaction.
struct QueueGroup: Sendable {
    /// The group's number.
    let number: Int64
    /// Its topic's number.
    let topic: Int64
    /// After how many deliveries a message is a dead letter.
    let deliveries: Int

    /// Messages that are looked at, and put aside because another member has their key, in one claim.
    private static let mostPutAside = 1000

    /// The group of a name, made if it is not there.
    static func open(
        _ name: String, of topicName: String, _ kind: GroupKind, deliveries: Int, _ database: Database
    ) throws -> QueueGroup {
        let topic = try QueueTopic.number(of: topicName, database)
        if let found = try find(name, topic, deliveries, database) { return found }
        let position = kind == .lasting ? 0 : try QueueTopic.lastMessage(database)
        try database.execute(
            sql: "INSERT INTO consumers (topic, name, position, is_passing) VALUES (?, ?, ?, ?)",
            arguments: [topic, name, position, kind == .passing])
        return QueueGroup(number: database.lastInsertedRowID, topic: topic, deliveries: deliveries)
    }

    private static func find(
        _ name: String, _ topic: Int64, _ deliveries: Int, _ database: Database
    ) throws -> QueueGroup? {
        try Int64.fetchOne(
            database, sql: "SELECT number FROM consumers WHERE topic = ? AND name = ?", arguments: [topic, name]
        ).map { QueueGroup(number: $0, topic: topic, deliveries: deliveries) }
    }

    /// Whether there may be something to claim. Cheap, and no lock on the file.
    func hasWork(_ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM claim WHERE consumers = :group AND owner = 0)
                        OR EXISTS (
                            SELECT 1 FROM message WHERE topic = :topic
                                AND number > (SELECT position FROM consumers WHERE number = :group))
                    """), arguments: ["group": number, "topic": topic]) ?? false
    }

    /// Hands messages to a member: first what was given back or put aside, then new ones; none of a key of which another
    /// member has one.
    func claim(_ limit: Int, for member: Int64, _ database: Database) throws -> [Delivery] {
        var taken = try claimAgain(limit, for: member, database)
        guard taken.count < limit else { return taken }
        var position =
            try Int64.fetchOne(
                database.cachedStatement(sql: "SELECT position FROM consumers WHERE number = ?"), arguments: [number])
            ?? 0
        let start = position
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT number AS message, id, key, body, trace_parent, 1 AS attempt FROM message
                    WHERE topic = ? AND number > ? ORDER BY number LIMIT ?
                    """), arguments: [topic, position, limit - taken.count + Self.mostPutAside])
        let owner = try database.cachedStatement(
            sql: "SELECT owner FROM claim WHERE consumers = ? AND key = ? AND owner > 0 LIMIT 1")
        let insert = try database.cachedStatement(
            sql: "INSERT INTO claim (message, consumers, key, owner, attempt) VALUES (?, ?, ?, ?, ?)")
        var owners: [String: Int64] = [:]
        var putAside = 0
        while taken.count < limit, putAside < Self.mostPutAside, let row = try rows.next() {
            let delivery = Self.delivery(row, member)
            let key = delivery.message.key
            let holder = try owners[key] ?? Int64.fetchOne(owner, arguments: [number, key]) ?? member
            owners[key] = holder
            position = delivery.receipt.number
            let isOurs = holder == member
            try insert.execute(arguments: [
                position, number, key, isOurs ? member : QueueFile.Owner.none, isOurs ? 1 : 0,
            ])
            if isOurs { taken.append(delivery) } else { putAside += 1 }
        }
        if position != start {
            try database.cachedStatement(sql: "UPDATE consumers SET position = ? WHERE number = ?")
                .execute(arguments: [position, number])
        }
        return taken
    }

    private func claimAgain(_ limit: Int, for member: Int64, _ database: Database) throws -> [Delivery] {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT c.message, m.id, m.key, m.body, m.trace_parent, c.attempt + 1 AS attempt
                    FROM claim AS c JOIN message AS m ON m.number = c.message
                    WHERE c.consumers = :group AND c.owner = 0 AND coalesce((
                        SELECT o.owner FROM claim AS o
                        WHERE o.consumers = c.consumers AND o.key = c.key AND o.owner > 0 LIMIT 1), :member) = :member
                    ORDER BY c.message LIMIT :limit
                    """), arguments: ["group": number, "member": member, "limit": limit])
        let update = try database.cachedStatement(
            sql: "UPDATE claim SET owner = ?, attempt = attempt + 1 WHERE message = ? AND consumers = ?")
        return try rows.map { row in
            let delivery = Self.delivery(row, member)
            try update.execute(arguments: [member, delivery.receipt.number, number])
            return delivery
        }
    }

    private static func delivery(_ row: Row, _ member: Int64) -> Delivery {
        Delivery(
            message: QueueTopic.message(row), attempt: row["attempt"],
            receipt: Delivery.Receipt(epoch: UInt64(bitPattern: member), number: row["message"]))
    }

    /// Forgets what was handled, whoever has it now.
    func acknowledge(_ messages: [Int64], _ database: Database) throws {
        let forget = try database.cachedStatement(sql: "DELETE FROM claim WHERE message = ? AND consumers = ?")
        let remove = try database.cachedStatement(
            sql: """
                DELETE FROM message WHERE number = :message
                    AND number <= (SELECT min(position) FROM consumers WHERE topic = :topic)
                    AND NOT EXISTS (SELECT 1 FROM claim WHERE message = :message)
                """)
        for message in messages {
            try forget.execute(arguments: [message, number])
            try remove.execute(arguments: ["message": message, "topic": topic])
        }
    }

    /// Gives back what a member has: one message, or all.
    func release(_ message: Int64?, of member: Int64, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                UPDATE claim SET
                    owner = CASE WHEN attempt >= :most THEN -1 ELSE 0 END,
                    reason = CASE WHEN attempt >= :most
                        THEN 'delivered ' || attempt || ' times without being acknowledged' END
                WHERE consumers = :group AND owner = :member AND coalesce(message = :message, 1)
                """
        ).execute(arguments: ["most": deliveries, "group": number, "member": member, "message": message])
    }

    /// Makes a message a dead letter.
    func reject(_ message: Int64, of member: Int64, reason: String, _ database: Database) throws {
        try database.cachedStatement(
            sql: "UPDATE claim SET owner = -1, reason = ? WHERE message = ? AND consumers = ? AND owner = ?"
        ).execute(arguments: [reason, message, number, member])
    }
}

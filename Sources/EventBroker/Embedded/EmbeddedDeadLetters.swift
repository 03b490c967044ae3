import GRDB

/// The dead letters of a group of an embedded queue.
struct EmbeddedDeadLetters: DeadLetters {
    private let file: QueueFile
    private let bell: QueueBell
    private let group: QueueGroup

    /// Those of a group.
    init(_ file: QueueFile, _ bell: QueueBell, _ group: QueueGroup) {
        (self.file, self.bell, self.group) = (file, bell, group)
    }

    func count() async throws(BrokerError) -> Int {
        let group = group
        return try await file.read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM claim WHERE consumers = ? AND owner = -1",
                arguments: [group.number]) ?? 0
        }
    }

    func list(limit: Int) async throws(BrokerError) -> [DeadLetter] {
        let group = group
        return try await file.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, m.key, body, trace_parent, reason, attempt
                    FROM claim AS c JOIN message AS m ON m.number = c.message
                    WHERE consumers = ? AND owner = -1 ORDER BY message LIMIT ?
                    """, arguments: [group.number, limit]
            ).map { row in
                DeadLetter(message: QueueTopic.message(row), reason: row["reason"] ?? "", attempts: row["attempt"])
            }
        }
    }

    func replay(_ ids: Set<String>?) async throws(BrokerError) -> Int {
        let group = group
        let count = try await file.write(.disk) { database in
            let numbers = try Row.fetchAll(
                database,
                sql: """
                    SELECT message, id FROM claim AS c JOIN message AS m ON m.number = c.message
                    WHERE consumers = ? AND owner = -1
                    """, arguments: [group.number]
            ).filter { ids?.contains($0["id"]) ?? true }
            for row in numbers {
                try database.execute(
                    sql: "UPDATE claim SET owner = 0, attempt = 0, reason = NULL WHERE message = ? AND consumers = ?",
                    arguments: [row["message"] as Int64, group.number])
            }
            return numbers.count
        }
        if count > 0 { bell.ring() }
        return count
    }
}

import Foundation
import GRDB

/// A topic's row, and its messages.
enum QueueTopic {
    /// A topic's number, made if it is not there.
    static func number(of name: String, _ database: Database) throws -> Int64 {
        if let number = try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT number FROM topic WHERE name = ?"), arguments: [name])
        {
            return number
        }
        try database.execute(sql: "INSERT INTO topic (name) VALUES (?)", arguments: [name])
        return database.lastInsertedRowID
    }

    /// Adds messages.
    static func append(_ messages: [BrokerMessage], to topic: Int64, _ database: Database) throws {
        let insert = try database.cachedStatement(
            sql: "INSERT INTO message (topic, id, key, body, trace_parent) VALUES (?, ?, ?, ?, ?)")
        for message in messages {
            try message.body.withUnsafeBytes { body in
                insert.setUncheckedArguments([
                    topic, message.id, message.key, Data(body), message.traceParent,
                ])
                try insert.execute()
            }
        }
    }

    /// The number of bytes that messages, and what belongs to them, take.
    static func bytes(_ database: Database) throws -> Int {
        func pragma(_ name: String) throws -> Int { try Int.fetchOne(database, sql: "PRAGMA \(name)") ?? 0 }
        return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
    }

    /// The highest number that a message ever had.
    static func lastMessage(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'message'") ?? 0
    }

    /// Removes the messages that no group needs any more, after a group has gone.
    static func removeHandled(of topic: Int64, _ database: Database) throws {
        try database.execute(
            sql: """
                DELETE FROM message WHERE topic = :topic
                    AND number <= (SELECT min(position) FROM consumers WHERE topic = :topic)
                    AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.message = message.number)
                """, arguments: ["topic": topic])
    }

    /// A message out of its row.
    static func message(_ row: Row) -> BrokerMessage {
        let body: Data = row["body"]
        return BrokerMessage(id: row["id"], key: row["key"], body: [UInt8](body), traceParent: row["trace_parent"])
    }
}

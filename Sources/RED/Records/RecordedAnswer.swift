import GRDB
import WallClock

/// What a client was answered to an upload with an `Idempotency-Key`, so that the same upload is answered the same.
struct RecordedAnswer: Sendable, Equatable {
    /// How long answers are kept: a day.
    static let lifetimeMilliseconds: Int64 = 24 * 3_600 * 1_000

    /// What was asked for: the content's SHA-256, and how it was to be measured.
    let request: String
    /// The picture.
    let id: PictureID
    /// The answer's status, 200 or 201.
    let status: Int
    /// The answer's body.
    let body: String

    /// Looks for the answer to a client's key.
    static func find(_ key: String, of client: String, _ database: Database) throws -> RecordedAnswer? {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT request, picture, status, body FROM answer WHERE client = ? AND key = ? AND received > ?"),
            arguments: [client, key, Timestamp.now.milliseconds - lifetimeMilliseconds])
        guard let row else { return nil }
        let name: String = try row.decode(forColumn: "picture")
        guard let id = PictureID(name) else { throw ForeignRecord(column: "picture", value: name) }
        return RecordedAnswer(
            request: try row.decode(forColumn: "request"), id: id, status: try row.decode(forColumn: "status"),
            body: try row.decode(forColumn: "body"))
    }

    /// Writes the answer down under a client's key; one that has outlived its time is replaced.
    func insert(_ key: String, of client: String, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO answer (client, key, received, request, picture, status, body)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [client, key, Timestamp.now.milliseconds, request, id.text, status, body])
    }

    /// Removes the answers that have outlived their time.
    static func removeOld(_ database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM answer WHERE received <= ?")
            .execute(arguments: [Timestamp.now.milliseconds - lifetimeMilliseconds])
    }
}

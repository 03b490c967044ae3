import WallClock

extension SQLSession {
    private static var keyColumns: String { "k.id, c.name, k.hash, k.scopes, k.created, k.revoked" }
    private static var keyTables: String { "api_key k JOIN client c ON c.number = k.client" }

    func add(_ key: KeyRecord) throws {
        _ = try change(
            "INSERT INTO api_key (id, client, hash, scopes, created, revoked) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                .text(key.id), .integer(try names.number(key.client, .client, self)), .bytes(key.hash),
                .text(key.scopes.joined(separator: " ")), .integer(key.created.milliseconds),
                key.revoked.map { .integer($0.milliseconds) } ?? .null,
            ])
    }

    func key(withHash hash: [UInt8]) throws -> KeyRecord? {
        try rows("SELECT \(Self.keyColumns) FROM \(Self.keyTables) WHERE k.hash = $1", [.bytes(hash)])
            .first.map(Self.key)
    }

    func keys(of client: String?, after: String?, limit: Int) throws -> [KeyRecord] {
        let owner = Owner(client)
        return try rows(
            """
            SELECT \(Self.keyColumns) FROM \(Self.keyTables)
            WHERE \(owner.condition("k.client")) AND k.id > $2 ORDER BY k.id LIMIT $3
            """,
            [owner.value, .text(after ?? ""), .integer(Int64(limit))]
        ).map(Self.key)
    }

    func revokeKey(_ id: String, of client: String?) throws -> Bool {
        let owner = Owner(client)
        return try change(
            "UPDATE api_key SET revoked = $3 WHERE \(owner.condition("client")) AND id = $2 AND revoked IS NULL",
            [owner.value, .text(id), .integer(Timestamp.now.milliseconds)]) > 0
    }

    private static func key(_ row: [SQLValue]) throws -> KeyRecord {
        var columns = SQLColumns(row)
        return KeyRecord(
            id: try columns.text(), client: try columns.text(), hash: try columns.bytes(),
            scopes: try columns.text().split(separator: " ").map(String.init),
            created: Timestamp(milliseconds: try columns.integer()),
            revoked: try columns.optionalInteger().map { Timestamp(milliseconds: $0) })
    }
}

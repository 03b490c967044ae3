import WallClock

extension SQLSession {
    /// Clients that have pictures in the hours that an interval touches: each such hour has a page of its minutes.
    func clients(from: Timestamp, to: Timestamp, after: String?, limit: Int) throws -> [String] {
        try rows(
            """
            SELECT name FROM client
            WHERE name > $1 AND EXISTS (
                SELECT 1 FROM rollup
                WHERE client = client.number AND level = $2 AND chunk = $3 AND slot >= $4 AND slot < $5)
            ORDER BY name LIMIT $6
            """,
            [
                .text(after ?? ""), .integer(Int64(RollupLevel.minute.rawValue)), .integer(Int64(RollupKey.page)),
                .integer(RollupLevel.hour.slot(at: max(0, from.milliseconds))),
                .integer(RollupLevel.hour.slot(notBefore: max(0, to.milliseconds))), .integer(Int64(limit)),
            ]
        ).map { row in
            var columns = SQLColumns(row)
            return try columns.text()
        }
    }
}

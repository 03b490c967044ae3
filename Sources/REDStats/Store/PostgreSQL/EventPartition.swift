import WallClock

/// The tables of a month's events.
enum EventPartition {
    /// The months that have a table of their own, counted from 1970.
    private static let months =
        RollupLevel.month.slot(at: 946_684_800_000)..<RollupLevel.month.slot(at: 4_102_444_800_000)

    /// Creates the tables of these moments that are missing; writers must be locked.
    static func create(for times: [Timestamp], _ session: PostgreSQLSession) throws {
        let wanted = Set(times.map { RollupLevel.month.slot(at: $0.milliseconds) }).filter(months.contains)
        guard !wanted.isEmpty else { return }
        let missing = try session.rows(
            "SELECT m FROM unnest($1::bigint[]) m WHERE to_regclass('red_stats.' || \(nameOfMonth)) IS NULL ORDER BY m",
            [PostgreSQLSession.array(Array(wanted))])
        for row in missing {
            var columns = SQLColumns(row)
            let month = try columns.integer()
            let name = name(month)
            // Attached, and not created as a partition, which would wait for all who read.
            try session.connection.execute(
                """
                CREATE TABLE \(name) (LIKE event INCLUDING ALL);
                ALTER TABLE event ATTACH PARTITION \(name)
                    FOR VALUES FROM (\(RollupLevel.month.start(of: month))) TO (\(RollupLevel.month.start(of: month + 1)))
                """)
        }
    }

    /// Removes the tables of months that end at a moment or before it.
    static func drop(before moment: Int64, _ session: PostgreSQLSession) throws {
        let last = min(months.upperBound, RollupLevel.month.slot(at: moment))
        guard months.lowerBound < last else { return }
        let there = try session.rows(
            """
            SELECT m FROM generate_series($1::bigint, $2::bigint) m
            WHERE to_regclass('red_stats.' || \(nameOfMonth)) IS NOT NULL
            """,
            [.integer(months.lowerBound), .integer(last - 1)])
        for row in there {
            var columns = SQLColumns(row)
            try session.connection.execute("DROP TABLE \(name(try columns.integer()))")
        }
    }

    /// ``name(_:)`` in SQL, of the column `m`.
    private static let nameOfMonth = "'event_' || (1970 + m / 12) || '_' || lpad((m % 12 + 1)::text, 2, '0')"

    private static func name(_ month: Int64) -> String {
        let number = month % 12 + 1
        return "event_\(1970 + month / 12)_\(number < 10 ? "0" : "")\(number)"
    }
}

import REDEvents
import WallClock

/// A connection to a PostgreSQL store, of a worker that writes: within a transaction.
struct PostgreSQLSession: SQLSession {
    let connection: PostgreSQLConnection

    var names: NameCache { connection.names }
    var skipLocked: String { "FOR UPDATE SKIP LOCKED" }

    func rows(_ sql: String, _ values: [SQLValue]) throws -> [[SQLValue]] {
        try connection.query(sql, values) { result in try (0..<result.count).map(result.row) }
    }

    func change(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try connection.query(sql, values) { $0.changed }
    }

    func lockWriters() throws {
        _ = try change("SELECT pg_advisory_xact_lock($1)", [.integer(PostgreSQLSchema.lock)])
    }

    func insert(_ events: [NumberedEvent], makesAlerts: Bool, now: Int64) throws -> [Int] {
        try EventPartition.create(for: events.map(\.event.time), self)
        var rows = BinaryRows()
        for (place, numbered) in events.enumerated() {
            let event = numbered.event
            rows.row(columns: 11)
            rows.column(Int64(place))
            rows.column(numbered.source)
            rows.column(event.id)
            rows.column(numbered.client)
            rows.column(event.time.milliseconds)
            for number in [event.red, event.pixels, event.width, event.height] { rows.column(Int64(number)) }
            rows.column(event.image)
            rows.column(event.traceParent)
        }
        try connection.copy(rows, into: "staging")
        return try connection.query(
            Self.insertion(makesAlerts: makesAlerts), makesAlerts ? [.integer(now)] : []
        ) { result in (0..<result.count).map { Int(result.integer($0, 0)) } }
    }

    /// Takes what is new from the staging table: its names, its rows, its alerts. A subquery that ends in `OFFSET 0` is run
    /// for each event by the index, whatever the planner, which knows nothing of the staging table, would rather do.
    private static func insertion(makesAlerts: Bool) -> String {
        let alerted = """
            , alerted AS (
                INSERT INTO alert (subscription, client, above, source, event, time, red, image, trace, made, state)
                SELECT s.number, g.client, s.above, g.source, g.id, g.time, g.red, g.image, g.trace, $1,
                    CASE WHEN s.channel = 'stream' THEN 0 ELSE 1 END
                FROM staging g JOIN fresh USING (source, id) CROSS JOIN LATERAL (
                    SELECT number, above, channel FROM subscription
                    WHERE client = g.client AND above < g.red AND enabled = 1 OFFSET 0) s
                ORDER BY g.place, s.number)
            """
        return """
            WITH fresh AS (
                INSERT INTO event_key (source, id) SELECT source, id FROM staging
                ON CONFLICT DO NOTHING RETURNING source, id),
            placed AS (
                INSERT INTO event (client, time, source, red, pixels, width, height, id, image, trace)
                SELECT client, time, source, red, pixels, width, height, id, image, trace
                FROM staging JOIN fresh USING (source, id))
            \(makesAlerts ? alerted : "")
            SELECT place FROM staging JOIN fresh USING (source, id)
            """
    }

    func rollups(_ keys: [RollupKey]) throws -> [RollupKey: RollupRow] {
        let keys = keys.sorted(by: RollupKey.isBefore)
        let values = [
            keys.map(\.client), keys.map { Int64($0.level.rawValue) }, keys.map { Int64($0.chunk) }, keys.map(\.slot),
        ]
        return try connection.query(
            """
            SELECT k.place, r.count, r.data
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
                WITH ORDINALITY AS k (client, level, chunk, slot, place)
            CROSS JOIN LATERAL (
                SELECT count, data FROM rollup
                WHERE client = k.client AND level = k.level AND chunk = k.chunk AND slot = k.slot OFFSET 0) r
            """, values.map(Self.array)
        ) { result in
            var found: [RollupKey: RollupRow] = [:]
            for row in 0..<result.count {
                found[keys[Int(result.integer(row, 0)) - 1]] = RollupRow(
                    count: Int(result.integer(row, 1)), bytes: Array(result.bytes(row, 2)))
            }
            return found
        }
    }

    func write(_ rows: [(key: RollupKey, row: RollupRow)]) throws {
        var binary = BinaryRows()
        for (key, row) in rows.sorted(by: { RollupKey.isBefore($0.key, $1.key) }) {
            binary.row(columns: 6)
            for number in [key.client, key.slot, Int64(row.count)] { binary.column(number) }
            for number in [Int16(key.level.rawValue), Int16(key.chunk)] { binary.column(number) }
            binary.column(row.bytes)
        }
        try connection.copy(binary, into: "rollup_staging")
        _ = try change(
            """
            INSERT INTO rollup (client, slot, count, level, chunk, data)
            SELECT client, slot, count, level, chunk, data FROM rollup_staging
            ON CONFLICT (client, level, chunk, slot) DO UPDATE SET count = excluded.count, data = excluded.data
            """, [])
        // A re-roll writes several times in one transaction.
        try connection.execute("TRUNCATE rollup_staging")
    }

    func tally(_ query: CountQuery, _ plan: CountPlan) throws -> (tally: CountTally, horizons: Horizons) {
        var client = RollupKey.everybody
        if let name = query.client {
            guard let number = try number("SELECT number FROM client WHERE name = $1", [.text(name)]) else {
                return (CountTally(query), try horizons())
            }
            client = number
        }
        let reads = plan.reads(above: query.above)
        return try connection.query(
            Self.counting(everybody: client == RollupKey.everybody), Self.values(query, plan, reads, client)
        ) { result in
            var tally = CountTally(query)
            var horizons = Horizons()
            for row in 0..<result.count {
                let place = Int(result.integer(row, 1))
                let (moment, count) = (result.integer(row, 2), Int(result.integer(row, 3)))
                switch result.integer(row, 0) {
                case 0: try tally.add(reads[place - 1], slot: moment, count: count, bytes: result.bytes(row, 4))
                case 1: tally.add(edge: moment, count: count, above: place)
                default: horizons.set(level: place, moment)
                }
            }
            return (tally, horizons)
        }
    }

    private static func values(
        _ query: CountQuery, _ plan: CountPlan, _ reads: [CountPlan.Read], _ client: Int64
    ) -> [SQLValue] {
        [.integer(client), .integer(Int64(query.above))]
            + [
                reads.map { Int64($0.level.rawValue) }, reads.map { Int64($0.chunk) }, reads.map(\.range.lowerBound),
                reads.map(\.range.upperBound), plan.edges.map(\.lowerBound), plan.edges.map(\.upperBound),
            ].map(array)
    }

    /// One statement, so that rollups, edges and horizons are of one view: a kind; the place of a read, the number above
    /// or a level; a slot or a moment; a count; a rollup.
    private static func counting(everybody: Bool) -> String {
        """
        SELECT 0::bigint, r.place, d.slot, d.count, d.data
        FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
            WITH ORDINALITY AS r (level, chunk, low, high, place)
        CROSS JOIN LATERAL (
            SELECT slot, count, data FROM rollup
            WHERE client = $1 AND level = r.level AND chunk = r.chunk AND slot >= r.low AND slot < r.high OFFSET 0) d
        UNION ALL
        SELECT 1::bigint, d.above, e.low, d.count, ''::bytea
        FROM unnest($7::bigint[], $8::bigint[]) AS e (low, high)
        CROSS JOIN LATERAL (
            SELECT count(*) AS count, count(*) FILTER (WHERE red > $2) AS above FROM event
            WHERE \(everybody ? "$1::bigint = 0" : "client = $1") AND time >= e.low AND time < e.high) d
        UNION ALL
        SELECT 2::bigint, level, moment, 0::bigint, ''::bytea FROM horizon
        """
    }

    /// Numbers as PostgreSQL writes an array of them.
    static func array(_ numbers: [Int64]) -> SQLValue { .text("{\(numbers.map(String.init).joined(separator: ","))}") }

    func eachEvent(
        in range: Range<Int64>, _ body: ([(client: Int64, time: Int64, red: Int)]) throws -> Void
    ) throws {
        _ = try change(
            "DECLARE events NO SCROLL CURSOR FOR SELECT client, time, red FROM event WHERE time >= \(range.lowerBound) "
                + "AND time < \(range.upperBound)", [])
        while true {
            let piece = try connection.query("FETCH 50000 FROM events", []) { result in
                (0..<result.count).map { row in
                    (client: result.integer(row, 0), time: result.integer(row, 1), red: Int(result.integer(row, 2)))
                }
            }
            if piece.isEmpty { break }
            try body(piece)
        }
        try connection.execute("CLOSE events")
    }

    func removeEvents(before moment: Int64) throws -> Int {
        let removed = try change(
            "DELETE FROM event_key k USING event e WHERE e.time < $1 AND k.source = e.source AND k.id = e.id",
            [.integer(moment)])
        try EventPartition.drop(before: moment, self)
        _ = try change("DELETE FROM event WHERE time < $1", [.integer(moment)])
        return removed
    }

    func announceAlerts() throws {
        try connection.execute("NOTIFY \(PostgreSQLListener.channel)")
    }
}

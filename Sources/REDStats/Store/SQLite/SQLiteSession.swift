import Foundation
import GRDB
import REDEvents
import WallClock

/// A connection to a SQLite store within a transaction.
struct SQLiteSession: SQLSession {
    let database: Database
    let names: NameCache
    /// Told that there are new alerts, to be passed on after the commit.
    let alertsAreNew: () -> Void

    var skipLocked: String { "" }

    func rows(_ sql: String, _ values: [SQLValue]) throws -> [[SQLValue]] {
        try Row.fetchAll(statement(sql), arguments: try Self.arguments(values)).map { row in
            try row.databaseValues.map { value in
                switch value.storage {
                case .null: .null
                case .int64(let number): .integer(number)
                case .string(let text): .text(text)
                case .blob(let data): .bytes([UInt8](data))
                case .double: throw ForeignRow()
                }
            }
        }
    }

    func change(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try statement(sql).execute(arguments: try Self.arguments(values))
        return database.changesCount
    }

    /// `$1` is the name of a value to SQLite, and `?1` its place.
    private func statement(_ sql: String) throws -> Statement {
        try database.cachedStatement(sql: sql.replacing("$", with: "?"))
    }

    private static func arguments(_ values: [SQLValue]) throws -> StatementArguments {
        try SQLValue.refuseNUL(values)
        return StatementArguments(
            values.map { value -> (any DatabaseValueConvertible)? in
                switch value {
                case .null: nil
                case .integer(let number): number
                case .text(let text): text
                case .bytes(let bytes): Data(bytes)
                }
            })
    }

    /// The transaction is the only one that writes from its beginning on.
    func lockWriters() {}

    func insert(_ events: [NumberedEvent], makesAlerts: Bool, now: Int64) throws -> [Int] {
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO event (source, id, client, time, red, pixels, width, height, image, trace)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """)
        let alert = try database.cachedStatement(
            sql: """
                INSERT INTO alert (subscription, client, above, source, event, time, red, image, trace, made, state)
                SELECT number, client, above, ?, ?, ?, ?, ?, ?, ?, channel <> 'stream' FROM subscription
                WHERE client = ? AND above < ? AND enabled = 1
                """)
        var new: [Int] = []
        for (place, numbered) in events.enumerated() {
            let event = numbered.event
            insert.setUncheckedArguments([
                numbered.source, event.id, numbered.client, event.time.milliseconds, event.red, event.pixels,
                event.width, event.height, event.image, event.traceParent,
            ])
            try insert.execute()
            guard database.changesCount > 0 else { continue }
            new.append(place)
            guard makesAlerts else { continue }
            alert.setUncheckedArguments([
                numbered.source, event.id, event.time.milliseconds, event.red, event.image, event.traceParent, now,
                numbered.client, event.red,
            ])
            try alert.execute()
        }
        return new
    }

    func rollups(_ keys: [RollupKey]) throws -> [RollupKey: RollupRow] {
        let statement = try database.cachedStatement(
            sql: "SELECT count, data FROM rollup WHERE client = ? AND level = ? AND chunk = ? AND slot = ?")
        var found: [RollupKey: RollupRow] = [:]
        for key in keys.sorted(by: RollupKey.isBefore) {
            statement.setUncheckedArguments([key.client, key.level.rawValue, key.chunk, key.slot])
            if let row = try Row.fetchOne(statement) {
                found[key] = RollupRow(count: row[0], bytes: try row.withUnsafeData(atIndex: 1) { Array($0 ?? Data()) })
            }
        }
        return found
    }

    func write(_ rows: [(key: RollupKey, row: RollupRow)]) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO rollup (client, level, chunk, slot, count, data) VALUES (?, ?, ?, ?, ?, ?)")
        for (key, row) in rows.sorted(by: { RollupKey.isBefore($0.key, $1.key) }) {
            statement.setUncheckedArguments([
                key.client, key.level.rawValue, key.chunk, key.slot, row.count, Data(row.bytes),
            ])
            try statement.execute()
        }
    }

    func tally(_ query: CountQuery, _ plan: CountPlan) throws -> (tally: CountTally, horizons: Horizons) {
        var tally = CountTally(query)
        let horizons = try horizons()
        var client = RollupKey.everybody
        if let name = query.client {
            guard let number = try number("SELECT number FROM client WHERE name = $1", [.text(name)]) else {
                return (tally, horizons)
            }
            client = number
        }
        let rollups = try database.cachedStatement(
            sql: """
                SELECT slot, count, data FROM rollup
                WHERE client = ? AND level = ? AND chunk = ? AND slot >= ? AND slot < ?
                """)
        for read in plan.reads(above: query.above) {
            rollups.setUncheckedArguments([
                client, read.level.rawValue, read.chunk, read.range.lowerBound, read.range.upperBound,
            ])
            let rows = try Row.fetchCursor(rollups)
            while let row = try rows.next() {
                let (slot, count): (Int64, Int) = (row[0], row[1])
                try row.withUnsafeData(atIndex: 2) { data in
                    try (data ?? Data()).withUnsafeBytes { try tally.add(read, slot: slot, count: count, bytes: $0) }
                }
            }
        }
        for edge in plan.edges { try add(edge, client, query, &tally) }
        return (tally, horizons)
    }

    private func add(_ edge: Range<Int64>, _ client: Int64, _ query: CountQuery, _ tally: inout CountTally) throws {
        let one = client == RollupKey.everybody ? "" : "client = $4 AND"
        let row = try rows(
            "SELECT count(*), coalesce(sum(red > $1), 0) FROM event WHERE \(one) time >= $2 AND time < $3",
            [.integer(Int64(query.above)), .integer(edge.lowerBound), .integer(edge.upperBound)]
                + (one.isEmpty ? [] : [.integer(client)]))
        var columns = SQLColumns(row.first ?? [])
        tally.add(edge: edge.lowerBound, count: Int(try columns.integer()), above: Int(try columns.integer()))
    }

    func eachEvent(
        in range: Range<Int64>, _ body: ([(client: Int64, time: Int64, red: Int)]) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT client, time, red FROM event WHERE time >= ? AND time < ?",
            arguments: [range.lowerBound, range.upperBound])
        var piece: [(client: Int64, time: Int64, red: Int)] = []
        while let row = try rows.next() {
            piece.append((row[0], row[1], row[2]))
            if piece.count == 50_000 {
                try body(piece)
                piece = []
            }
        }
        try body(piece)
    }

    func removeEvents(before moment: Int64) throws -> Int {
        try change("DELETE FROM event WHERE time < $1", [.integer(moment)])
    }

    func announceAlerts() { alertsAreNew() }
}

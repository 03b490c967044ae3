import GRDB

/// The forms a SQLite store has had, each from the one before. A form that was released is never changed.
enum SQLiteSchema {
    private static let forms: [[String]] = [[names, events, subscriptions, alerts]]

    /// Brings a file to today's form, as one of several processes that may try.
    static func migrate(_ database: Database, _ store: String) throws {
        try database.inTransaction(.immediate) {
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            guard version <= forms.count else {
                throw StatsStoreError.newerSchema(store: store, version: version, known: forms.count)
            }
            for part in forms[version...].joined() { try database.execute(sql: part) }
            try database.execute(sql: "PRAGMA user_version = \(forms.count)")
            return .commit
        }
    }

    private static let names = """
        CREATE TABLE client (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE source (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE api_key (
            id TEXT NOT NULL PRIMARY KEY,
            client INTEGER NOT NULL,
            hash BLOB NOT NULL UNIQUE,
            scopes TEXT NOT NULL,
            created INTEGER NOT NULL,
            revoked INTEGER
        ) STRICT;
        """

    private static let events = """
        CREATE TABLE event (
            number INTEGER PRIMARY KEY,
            source INTEGER NOT NULL,
            id TEXT NOT NULL,
            client INTEGER NOT NULL,
            time INTEGER NOT NULL,
            red INTEGER NOT NULL,
            pixels INTEGER NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            image TEXT NOT NULL,
            trace TEXT,
            UNIQUE (source, id)
        ) STRICT;
        CREATE INDEX event_by_client ON event (client, time, red);
        CREATE INDEX event_by_time ON event (time, red);
        CREATE TABLE rollup (
            client INTEGER NOT NULL,
            level INTEGER NOT NULL,
            chunk INTEGER NOT NULL,
            slot INTEGER NOT NULL,
            count INTEGER NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (client, level, chunk, slot)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE horizon (level INTEGER PRIMARY KEY, moment INTEGER NOT NULL) STRICT;
        """

    private static let subscriptions = """
        CREATE TABLE subscription (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            client INTEGER NOT NULL,
            above INTEGER NOT NULL,
            channel TEXT NOT NULL,
            configuration TEXT NOT NULL,
            enabled INTEGER NOT NULL,
            name TEXT,
            created INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX subscription_by_client ON subscription (client, id);
        CREATE INDEX subscription_by_above ON subscription (client, above) WHERE enabled = 1;
        """

    private static let alerts = """
        CREATE TABLE alert (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            subscription INTEGER NOT NULL,
            client INTEGER NOT NULL,
            above INTEGER NOT NULL,
            source INTEGER NOT NULL,
            event TEXT NOT NULL,
            time INTEGER NOT NULL,
            red INTEGER NOT NULL,
            image TEXT NOT NULL,
            trace TEXT,
            made INTEGER NOT NULL,
            state INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            next_attempt INTEGER,
            delivered INTEGER
        ) STRICT;
        CREATE INDEX alert_by_subscription ON alert (subscription, sequence);
        CREATE INDEX alert_by_client ON alert (client, sequence);
        CREATE INDEX alert_pending ON alert (subscription, sequence) WHERE state = 1;
        CREATE TABLE outlet (
            subscription INTEGER PRIMARY KEY,
            channel TEXT NOT NULL,
            due INTEGER NOT NULL,
            claim TEXT NOT NULL
        ) STRICT;
        CREATE INDEX outlet_by_due ON outlet (channel, due);
        """
}

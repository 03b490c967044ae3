/// The forms a PostgreSQL store has had, each from the one before. A form that was released is never changed.
enum PostgreSQLSchema {
    /// The number of the transaction lock that those hold who add, or change the form.
    static let lock: Int64 = 0x7265_6473_7461_7473

    /// Creates what is missing, and looks at the server's settings.
    ///
    /// - Returns: Warnings of settings under which a commit may be lost.
    static func prepare(_ role: PostgreSQLRole) throws(StatsStoreError) -> [String] {
        let worker = PostgreSQLWorker(role)
        return try worker.run { session in
            _ = try session.change("SELECT pg_advisory_xact_lock($1)", [.integer(lock)])
            try migrate(session, role.name)
            return try warnings(session)
        }
    }

    private static func migrate(_ session: PostgreSQLSession, _ store: String) throws {
        guard try session.rows("SHOW server_encoding").first == [.text("UTF8")] else {
            throw StatsStoreError.failed(
                store: store, detail: "its database is not encoded in UTF-8; create one with ENCODING 'UTF8'")
        }
        for statement in [
            "CREATE SCHEMA IF NOT EXISTS red_stats",
            "CREATE TABLE IF NOT EXISTS red_stats.form (version bigint PRIMARY KEY)",
        ] {
            try session.connection.execute(statement)
        }
        let version = Int(try session.number("SELECT max(version) FROM form") ?? 0)
        guard version <= forms.count else {
            throw StatsStoreError.newerSchema(store: store, version: version, known: forms.count)
        }
        for (index, form) in forms.enumerated() where index >= version {
            for part in form { try session.connection.execute(part) }
            _ = try session.change("INSERT INTO form (version) VALUES ($1)", [.integer(Int64(index + 1))])
        }
    }

    private static func warnings(_ session: PostgreSQLSession) throws -> [String] {
        try ["fsync", "full_page_writes", "synchronous_commit"].compactMap { setting in
            guard try session.rows("SHOW \(setting)").first == [.text("off")] else { return nil }
            return "PostgreSQL's setting '\(setting)' is off: what was counted may be lost with the machine's power; "
                + "set it to 'on'"
        }
    }

    /// The tables that `COPY` fills; they are a connection's own.
    static let staging = [
        """
        CREATE TEMPORARY TABLE staging (
            place bigint, source bigint, id text COLLATE "C", client bigint, time bigint, red bigint, pixels bigint,
            width bigint, height bigint, image text, trace text
        ) ON COMMIT DELETE ROWS
        """,
        """
        CREATE TEMPORARY TABLE rollup_staging (
            client bigint, slot bigint, count bigint, level smallint, chunk smallint, data bytea
        ) ON COMMIT DELETE ROWS
        """,
    ]

    private static let forms: [[String]] = [[names, events, subscriptions, alerts]]

    private static let names = """
        CREATE TABLE client (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE);
        CREATE TABLE source (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE);
        CREATE TABLE api_key (
            id text COLLATE "C" PRIMARY KEY,
            client bigint NOT NULL,
            hash bytea NOT NULL UNIQUE,
            scopes text NOT NULL,
            created bigint NOT NULL,
            revoked bigint
        );
        """

    /// Events are in a partition a month; those of far times in one for all of them, so that there are never many.
    private static let events = """
        CREATE TABLE event_key (source bigint, id text COLLATE "C", PRIMARY KEY (source, id));
        CREATE TABLE event (
            client bigint NOT NULL,
            time bigint NOT NULL,
            source bigint NOT NULL,
            red integer NOT NULL,
            pixels bigint NOT NULL,
            width bigint NOT NULL,
            height bigint NOT NULL,
            id text COLLATE "C" NOT NULL,
            image text NOT NULL,
            trace text
        ) PARTITION BY RANGE (time);
        CREATE INDEX event_by_client ON event (client, time, red);
        CREATE INDEX event_by_time ON event (time, red);
        CREATE TABLE event_before_2000 PARTITION OF event FOR VALUES FROM (0) TO (946684800000);
        CREATE TABLE event_from_2100 PARTITION OF event FOR VALUES FROM (4102444800000) TO (253402300800000);
        CREATE TABLE rollup (
            client bigint NOT NULL,
            slot bigint NOT NULL,
            count bigint NOT NULL,
            level smallint NOT NULL,
            chunk smallint NOT NULL,
            data bytea NOT NULL,
            PRIMARY KEY (client, level, chunk, slot)
        ) WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.05);
        ALTER TABLE rollup ALTER COLUMN data SET STORAGE EXTERNAL;
        CREATE TABLE horizon (level bigint PRIMARY KEY, moment bigint NOT NULL);
        """

    private static let subscriptions = """
        CREATE TABLE subscription (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text COLLATE "C" NOT NULL UNIQUE,
            client bigint NOT NULL,
            above bigint NOT NULL,
            channel text NOT NULL,
            configuration text NOT NULL,
            enabled bigint NOT NULL,
            name text,
            created bigint NOT NULL
        );
        CREATE INDEX subscription_by_client ON subscription (client, id);
        CREATE INDEX subscription_by_above ON subscription (client, above) WHERE enabled = 1;
        """

    private static let alerts = """
        CREATE TABLE alert (
            sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            subscription bigint NOT NULL,
            client bigint NOT NULL,
            above bigint NOT NULL,
            source bigint NOT NULL,
            event text NOT NULL,
            time bigint NOT NULL,
            red bigint NOT NULL,
            image text NOT NULL,
            trace text,
            made bigint NOT NULL,
            state bigint NOT NULL,
            attempts bigint NOT NULL DEFAULT 0,
            next_attempt bigint,
            delivered bigint
        );
        CREATE INDEX alert_by_subscription ON alert (subscription, sequence);
        CREATE INDEX alert_by_client ON alert (client, sequence);
        CREATE INDEX alert_pending ON alert (subscription, sequence) WHERE state = 1;
        CREATE TABLE outlet (
            subscription bigint PRIMARY KEY,
            channel text NOT NULL,
            due bigint NOT NULL,
            claim text NOT NULL
        );
        CREATE INDEX outlet_by_due ON outlet (channel, due);
        """
}

/// The tables, made where they are missing.
struct Schema {
    let indexed: Bool

    private static let tables = [
        "CREATE TABLE IF NOT EXISTS customers (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL, city text NOT NULL)",
        "CREATE INDEX IF NOT EXISTS customers_city ON customers (city)",
        """
        CREATE TABLE IF NOT EXISTS orders
            (id int PRIMARY KEY, customer int NOT NULL, article text NOT NULL, quantity int NOT NULL, price int NOT NULL)
        """,
        "CREATE TABLE IF NOT EXISTS invoices (id int PRIMARY KEY, order_id int NOT NULL, address text NOT NULL, tax int NOT NULL)",
    ]

    func create(in database: Database) async throws {
        for table in Self.tables { _ = try await database.query(table) }
        if indexed { _ = try await database.query("CREATE INDEX IF NOT EXISTS orders_customer ON orders (customer)") }
    }
}

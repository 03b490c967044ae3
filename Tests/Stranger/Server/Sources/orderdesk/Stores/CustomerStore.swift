struct CustomerStore: Sendable {
    let database: Database

    private static let columns = "SELECT id, name, email, city FROM customers"

    func find(_ id: Int) async throws -> Customer? {
        try await database.query("\(Self.columns) WHERE id = $1", [String(id)]).first.map(Customer.init)
    }

    func page(_ page: Int, size: Int) async throws -> [Customer] {
        let bounds = [String(size), String(page * size)]
        return try await database.query("\(Self.columns) ORDER BY id LIMIT $1 OFFSET $2", bounds).map(Customer.init)
    }

    func living(in city: String) async throws -> [Customer] {
        try await database.query("\(Self.columns) WHERE city = $1 ORDER BY id", [city]).map(Customer.init)
    }
}

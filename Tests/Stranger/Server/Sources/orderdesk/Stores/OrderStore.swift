struct OrderStore: Sendable {
    let database: Database

    private static let columns = "SELECT id, customer, article, quantity, price FROM orders"

    func find(_ id: Int) async throws -> Order? {
        try await database.query("\(Self.columns) WHERE id = $1", [String(id)]).first.map(Order.init)
    }

    /// The orders of a customer, the newest first.
    func placed(by customer: Int) async throws -> [Order] {
        let rows = try await database.query("\(Self.columns) WHERE customer = $1 ORDER BY id DESC", [String(customer)])
        return try rows.map(Order.init)
    }
}

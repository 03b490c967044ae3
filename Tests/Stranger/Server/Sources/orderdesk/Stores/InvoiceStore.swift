struct InvoiceStore: Sendable {
    let database: Database

    func find(_ id: Int) async throws -> Invoice? {
        let query = "SELECT id, order_id, address, tax FROM invoices WHERE id = $1"
        return try await database.query(query, [String(id)]).first.map(Invoice.init)
    }
}

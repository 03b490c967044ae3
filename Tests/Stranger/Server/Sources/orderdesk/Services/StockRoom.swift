import NIOPosix

/// Sets goods aside for orders.
struct StockRoom: Sendable {
    let ledger: StockLedger
    let threads: NIOThreadPool

    func reserve(_ order: Order) async throws -> Reservation {
        let entry = try await threads.runIfActive { try ledger.enter(order) }
        return Reservation(order: order.id, article: order.article, quantity: order.quantity, entry: entry)
    }
}

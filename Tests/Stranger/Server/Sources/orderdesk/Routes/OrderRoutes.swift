import Hummingbird

struct OrderRoutes<Context: RequestContext> {
    let orders: OrderStore
    let stock: StockRoom

    func add(to group: RouterGroup<Context>) {
        group.get(":id", use: show)
        group.post(":id/reservation", use: reserve)
    }

    @Sendable private func show(request: Request, context: Context) async throws -> Order {
        try await order(context)
    }

    @Sendable private func reserve(request: Request, context: Context) async throws -> Reservation {
        let order = try await order(context)
        return try await stock.reserve(order)
    }

    private func order(_ context: Context) async throws -> Order {
        let id = try context.parameters.require("id", as: Int.self)
        guard let order = try await orders.find(id) else { throw HTTPError(.notFound) }
        return order
    }
}

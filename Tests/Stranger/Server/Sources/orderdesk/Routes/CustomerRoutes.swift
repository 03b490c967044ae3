import Hummingbird

struct CustomerRoutes<Context: RequestContext> {
    let customers: CustomerStore
    let orders: OrderStore
    let finder: DuplicateFinder

    func add(to group: RouterGroup<Context>) {
        group.get(use: list)
        group.get("duplicates", use: duplicates)
        group.get(":id", use: show)
        group.get(":id/orders", use: history)
    }

    @Sendable private func list(request: Request, context: Context) async throws -> [Customer] {
        let page = request.uri.queryParameters.get("page", as: Int.self) ?? 0
        return try await customers.page(page, size: 50)
    }

    @Sendable private func show(request: Request, context: Context) async throws -> Customer {
        let id = try context.parameters.require("id", as: Int.self)
        guard let customer = try await customers.find(id) else { throw HTTPError(.notFound) }
        return customer
    }

    @Sendable private func history(request: Request, context: Context) async throws -> OrderHistory {
        let id = try context.parameters.require("id", as: Int.self)
        guard let customer = try await customers.find(id) else { throw HTTPError(.notFound) }
        let placed = try await orders.placed(by: id)
        return OrderHistory(customer: customer, orders: placed)
    }

    @Sendable private func duplicates(request: Request, context: Context) async throws -> [Duplicate] {
        let city = try request.uri.queryParameters.require("city")
        let residents = try await customers.living(in: city)
        return finder.duplicates(among: residents)
    }
}

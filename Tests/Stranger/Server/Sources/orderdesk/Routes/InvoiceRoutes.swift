import Hummingbird

struct InvoiceRoutes<Context: RequestContext> {
    let invoices: InvoiceStore
    let orders: OrderStore

    func add(to group: RouterGroup<Context>) {
        group.get(":id", use: show)
    }

    @Sendable private func show(request: Request, context: Context) async throws -> String {
        let id = try context.parameters.require("id", as: Int.self)
        guard let invoice = try await invoices.find(id), let order = try await orders.find(invoice.order) else {
            throw HTTPError(.notFound)
        }
        return InvoiceText(invoice: invoice, order: order).rendered()
    }
}

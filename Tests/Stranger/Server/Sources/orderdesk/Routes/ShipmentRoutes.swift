import Hummingbird

struct ShipmentRoutes<Context: RequestContext> {
    let labels: LabelPrinter

    func add(to group: RouterGroup<Context>) {
        group.post(":order/label", use: label)
    }

    @Sendable private func label(request: Request, context: Context) async throws -> ShippingLabel {
        let order = try context.parameters.require("order", as: Int.self)
        let carrier = request.uri.queryParameters.get("carrier") ?? "post"
        return try await labels.label(order: order, carrier: carrier)
    }
}

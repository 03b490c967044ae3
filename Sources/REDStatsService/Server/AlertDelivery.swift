import REDStats
import ServiceLifecycle

/// Tells clients of their alerts until the process is told to stop.
struct AlertDelivery: Service {
    let deliverer: AlertDeliverer

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await deliverer.run() }
    }
}

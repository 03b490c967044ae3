import REDStats
import ServiceLifecycle

/// Sends counts to Graphite until the process is told to stop.
struct GraphiteSending: Service {
    let exporter: GraphiteExporter

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await exporter.run() }
    }
}

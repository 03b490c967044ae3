import REDEvents
import TestSupport

@testable import REDStats

/// A store, and a Graphite that is told of it.
struct GraphiteBench {
    let store: DatabaseStore
    let server: GraphiteServer
    var settings: GraphiteSettings
    let log = LogLines()

    /// An empty store, and settings that have little patience.
    static func with(
        _ kind: StoreKind = .sqlite, server: GraphiteServer = .shared, prefix: String,
        _ body: (GraphiteBench) async throws -> Void
    ) async throws {
        let carbon = CarbonAddress(host: "127.0.0.1", port: try await server.port())
        try await TestStore.with(kind) { store, _ in
            try await body(GraphiteBench(store: store, server: server, settings: .here(carbon, prefix: prefix)))
        }
    }

    /// Has counts sent while `body` runs.
    @discardableResult func exporting(
        _ body: (GraphiteExporter) async throws -> Void
    ) async throws -> GraphiteExporter {
        let exporter = GraphiteExporter(store, settings, logger: log.logger)
        let running = Task { try await exporter.run() }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(exporter))
        } catch {
            print("what was logged before \(error):\n\(log.latest)")
            result = .failure(error)
        }
        running.cancel()
        try await running.value
        try result.get()
        return exporter
    }

    /// Has events counted; gives them.
    func add(_ events: [MeasuredEvent]) async throws -> [MeasuredEvent] {
        _ = try await store.add(events)
        return events
    }

    /// Waits until Graphite says what the events do.
    func wait(for events: [MeasuredEvent], _ what: String) async throws {
        try await GraphiteSamples.wait(for: events, at: server, prefix: settings.prefix, what)
    }
}

extension GraphiteSettings {
    static func here(_ carbon: CarbonAddress, prefix: String) -> GraphiteSettings {
        var settings = GraphiteSettings(carbon: carbon, prefix: prefix)
        settings.quiet = .milliseconds(50)
        settings.tick = .milliseconds(20)
        return settings
    }
}

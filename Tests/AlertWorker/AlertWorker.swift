import Logging
import REDStats

/// Delivers a store's alerts until it is ended: what tests of `kill -9`, and of networks of their own, run.
///
///     alert-worker STORE-URL SECONDS [ADDRESS…]
///
/// A turn, a webhook's time, and the slack of a claim are SECONDS each. Webhooks may be at any port, by HTTP, and at these
/// addresses though they are not public.
@main
struct AlertWorker {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3, let seconds = Int(arguments[2]) else {
            throw Usage(description: "alert-worker STORE-URL SECONDS [ADDRESS…]")
        }
        var settings = DeliverySettings()
        settings.allowsHTTP = true
        settings.allowedPorts = nil
        settings.allowedAddresses = arguments.dropFirst(3).compactMap { AddressRange($0) }
        settings.turnSeconds = seconds
        settings.webhookTimeoutMilliseconds = seconds * 1_000
        settings.slackSeconds = seconds
        settings.retries = RetrySchedule(pauses: [0.01])
        settings.pollInterval = .milliseconds(50)
        let store = try DatabaseStore(url: arguments[1])
        let logger = Logger(label: "alert-worker") { StreamLogHandler.standardError(label: $0) }
        try await AlertDeliverer(store, settings, logger: logger).run()
    }

    struct Usage: Error, CustomStringConvertible {
        let description: String
    }
}

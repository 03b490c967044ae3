import EventBroker
import REDEvents
import REDStats

/// A store with a deliverer that works on it.
struct DeliveryBench {
    let test: TestStore
    let store: DatabaseStore
    var settings: DeliverySettings

    /// An empty store, and settings that allow what tests' servers need; what fails is tried again at once, twice.
    static func with(_ kind: StoreKind = .sqlite, _ body: (DeliveryBench) async throws -> Void) async throws {
        try await TestStore.with(kind) { store, test in
            try await body(DeliveryBench(test: test, store: store, settings: .here))
        }
    }

    /// Has alerts delivered while `body` runs, and until what is under way has ended.
    @discardableResult func delivering(
        broker: (any EventBroker)? = nil, log: LogLines = LogLines(), _ body: (AlertDeliverer) async throws -> Void
    ) async throws -> AlertDeliverer {
        let deliverer = AlertDeliverer(store, settings, broker: broker, logger: log.logger)
        let running = Task { try await deliverer.run() }
        do {
            try await body(deliverer)
        } catch {
            print("what was logged before \(error):\n\(log.latest)")
            running.cancel()
            try await running.value
            throw error
        }
        running.cancel()
        try await running.value
        return deliverer
    }

    /// Adds a subscription of a client.
    func subscribe(
        _ client: String, _ channel: Subscription.Channel, _ configuration: String = "{}", name: String? = nil
    ) async throws -> Subscription {
        let subscription = try Subscription(
            client: client, above: 0, channel: channel, configuration: configuration, name: name)
        try await store.add(subscription)
        return subscription
    }

    /// Has events arrive, one after the other.
    func add(_ count: Int, of client: String, prefix: String = "e") async throws {
        for number in 0..<count {
            _ = try await store.add([.sample("\(prefix)\(number)-\(client)", client: client)])
        }
    }

    /// Waits until all alerts of a client are in a state.
    func wait(for client: String, _ state: Alert.State) async throws {
        try await eventually("all alerts of \(client) are \(state)") {
            let alerts = try await store.alerts(of: client, after: 0, limit: 1_000)
            return !alerts.isEmpty && alerts.allSatisfy { $0.state == state }
        }
    }
}

extension DeliverySettings {
    static var here: DeliverySettings {
        var settings = DeliverySettings()
        settings.allowedAddresses = ["127.0.0.1", "::1"].compactMap(AddressRange.init)
        settings.allowedPorts = nil
        settings.allowsHTTP = true
        settings.retries = RetrySchedule(pauses: [0.01, 0.01])
        settings.pollInterval = .milliseconds(20)
        return settings
    }
}

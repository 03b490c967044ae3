import EventBroker
import Foundation
import Logging
import TestSupport
import Testing

/// The drivers that the contract is tested with.
enum Driver: String, CaseIterable, Sendable {
    case embedded
    case rabbitMQ
    case kafka

    /// Those whose server may be started.
    static let tested = allCases.filter { $0 != .rabbitMQ || !ServerProcess.areSkipped }
}

/// A broker of a driver, with topics of its own.
struct BrokerUnderTest {
    let driver: Driver
    let url: String
    /// Kept while the test runs.
    private let folder: TemporaryFolder?

    init(_ driver: Driver) async throws {
        self.driver = driver
        switch driver {
        case .embedded:
            let folder = try TemporaryFolder()
            self.folder = folder
            url = "embedded:\(folder.url.path)/queue.sqlite"
        case .rabbitMQ:
            folder = nil
            url = try await RabbitMQServer.shared.url()
        case .kafka:
            folder = nil
            url = try KafkaMock.shared.get().url
        }
    }

    /// Opens the broker for a test, with a topic of its own, and closes it afterwards.
    func use(
        _ change: (inout BrokerOptions) -> Void = { _ in },
        _ test: (_ broker: any EventBroker, _ topic: String) async throws -> Void
    ) async throws {
        var options = BrokerOptions()
        change(&options)
        let broker = try await EventBrokers.open(url, options: options, logger: testLogger)
        try await test(broker, newTopic())
        await broker.close()
    }
}

/// Runs a test with a broker of a driver.
func withBroker(
    _ driver: Driver, _ test: (_ broker: any EventBroker, _ topic: String) async throws -> Void
) async throws {
    try await BrokerUnderTest(driver).use({ _ in }, test)
}

/// Messages with numbers as ids, of keys in turn.
func messages(_ numbers: Range<Int>, keys: Int = 3, bytes: Int = 20) -> [BrokerMessage] {
    numbers.map { number in
        BrokerMessage(
            id: "m\(number)", key: "client-\(number % keys)",
            body: Array("\(number) ".utf8) + [UInt8](repeating: 0x61, count: bytes), traceParent: "00-\(number)")
    }
}

extension EventConsumer {
    /// Takes messages until there are `count`, or none comes for long.
    func take(_ count: Int, limit: Int = 500) async throws -> [Delivery] {
        var taken: [Delivery] = []
        while taken.count < count {
            let more = try await next(limit: min(limit, count - taken.count), wait: .seconds(30))
            if more.isEmpty { break }
            taken += more
        }
        return taken
    }
}

extension [Delivery] {
    var ids: [String] { map(\.message.id) }
}

/// A topic's name that no other test has.
func newTopic() -> String { "test.\(UUID().uuidString)" }

/// Says nothing of what tests bring about on purpose.
let testLogger: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

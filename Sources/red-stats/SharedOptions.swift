import ArgumentParser
import CommandOutput
import EventBroker
import Logging
import REDStats
import REDStatsService

/// Where events are counted.
struct StoreOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where events are counted: sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE.", valueName: "url"))
    var store = "sqlite:./red-stats.sqlite"

    /// Opens the store, runs `body`, and closes it.
    func withStore<R>(_ body: (any StatsStore) async throws -> R) async throws -> R {
        try await unavailable {
            let store = try await StatsStores.open(self.store)
            let result: Result<R, any Error>
            do {
                result = .success(try await body(store))
            } catch {
                result = .failure(error)
            }
            await store.close()
            return try result.get()
        }
    }
}

/// Where events come from.
struct BrokerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Where events come from: embedded:PATH, amqp://… or kafka://….", valueName: "url"))
    var broker = "embedded:./events.sqlite"

    @Option(
        help: ArgumentHelp(
            "The broker's credentials, where its URL has none: a file with the name and the password, a line each.",
            valueName: "file"),
        completion: .file())
    var brokerCredentials: String?

    @Option(help: ArgumentHelp("The group that instances share events as.", valueName: "name"))
    var group = "red-stats"

    func validate() throws { _ = try credentials() }

    /// Nil where no file of them is given.
    func credentials() throws -> Credentials? {
        do {
            return try brokerCredentials.map { try Credentials(file: $0) }
        } catch {
            throw ValidationError("--broker-credentials: \(error)")
        }
    }
}

/// Exit statuses as sysexits.h has them.
extension ExitCode {
    static let unavailable = ExitCode(69)
}

/// Runs `body`; what it needs and is not there ends the program with 69.
func unavailable<R>(_ body: () async throws -> R) async throws -> R {
    do {
        return try await body()
    } catch let error as ServiceUnavailable {
        StandardError.write("red-stats: \(error)")
        throw ExitCode.unavailable
    } catch let error as StatsStoreError {
        StandardError.write("red-stats: \(error)")
        throw error.isTransient ? ExitCode.unavailable : ExitCode.failure
    }
}

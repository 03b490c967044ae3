import ArgumentParser
import CommandOutput
import EventBroker
import Logging
import REDStatsService

/// `red-stats dead-letters`: what could not be counted.
struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Lists messages that could not be counted, with the reason, or replays them.")

    @Flag(help: "Have all of them delivered again, as if for the first time.")
    var replay = false

    @Option(help: ArgumentHelp("The most that are listed.", valueName: "n"))
    var limit = 100

    @OptionGroup var broker: BrokerOptions

    func validate() throws {
        guard (1...100_000).contains(limit) else {
            throw ValidationError("--limit \(limit): give a number from 1 to 100000")
        }
    }

    func run() async throws {
        let credentials = try broker.credentials()
        do throws(BrokerError) {
            let open = try await EventBrokers.open(
                broker.broker, credentials: credentials, logger: Logger(label: "red-stats"))
            let result: Result<Void, BrokerError>
            do throws(BrokerError) {
                result = .success(try await show(open))
            } catch {
                result = .failure(error)
            }
            await open.close()
            try result.get()
        } catch {
            StandardError.write("red-stats: \(error)")
            throw error.kind == .invalid ? ExitCode.failure : ExitCode.unavailable
        }
    }

    private func show(_ open: any EventBroker) async throws(BrokerError) {
        let letters = try await open.deadLetters(of: StatsTopics.measured, group: broker.group)
        if replay {
            print("replayed \(try await letters.replay(nil))")
            return
        }
        for letter in try await letters.list(limit: limit) {
            print("\(Self.line(letter.message.id))  \(Self.line(letter.message.key))  \(Self.line(letter.reason))")
        }
        print("\(try await letters.count()) in all")
    }

    /// A text fit for a terminal.
    private static func line(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "�" : Character($0) })
    }
}

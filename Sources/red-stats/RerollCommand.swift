import ArgumentParser
import REDStats
import WallClock

/// `red-stats reroll`: builds the rollups again.
struct RerollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reroll",
        abstract: "Builds the rollups of the months that an interval touches from their events again.")

    @Option(help: ArgumentHelp("From this moment on: RFC 3339, or a date.", valueName: "moment"))
    var from: String

    @Option(help: ArgumentHelp("Before this moment.", valueName: "moment"))
    var to: String

    @OptionGroup var store: StoreOption

    func validate() throws {
        for (name, text) in [("from", from), ("to", to)] where Timestamp(text) == nil {
            throw ValidationError("--\(name) \(text): give a moment as RFC 3339 has it, or a date")
        }
    }

    func run() async throws {
        guard let from = Timestamp(from), let to = Timestamp(to) else { return }
        print("counted \(try await store.withStore { try await $0.reroll(from: from, to: to) }) events again")
    }
}

import ArgumentParser
import REDStats

/// `red-stats reroll`: builds the rollups again.
struct RerollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reroll",
        abstract: "Builds the rollups of the months that an interval touches from their events again.")

    @OptionGroup var interval: IntervalOptions
    @OptionGroup var store: StoreOption

    func run() async throws {
        guard let (from, to) = interval.moments else { return }
        print("counted \(try await store.withStore { try await $0.reroll(from: from, to: to) }) events again")
    }
}

import ArgumentParser
import CommandOutput
import REDStats
import WallClock

/// `red-stats export`: sends Graphite what the store has.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Sends Graphite the counts of an interval, minute by minute.",
        discussion: """
            'serve' and 'ingest' do it with --graphite for what they count. This is for what was counted before, was \
            imported, or could not be sent. Sending something again changes nothing.
            """)

    @OptionGroup var graphite: GraphiteOptions
    @OptionGroup var interval: IntervalOptions

    @Option(help: ArgumentHelp("Whose pictures; default: everybody's.", valueName: "name"))
    var client: String?

    @OptionGroup var store: StoreOption

    func validate() throws {
        guard graphite.graphite != nil else {
            throw ValidationError("--graphite: give where carbon takes lines, HOST:PORT")
        }
    }

    func run() async throws {
        guard let settings = graphite.settings, let (from, to) = interval.moments else { return }
        let client = client
        let summary = try await store.withStore { store in
            do {
                return try await GraphiteExport.run(
                    store, settings, from: from, to: to, client: client)
            } catch let error as CarbonError {
                StandardError.write("red-stats: \(error)")
                throw ExitCode.unavailable
            }
        }
        if let first = summary.first {
            StandardError.write(
                "red-stats: nothing before \(first.text) was sent, as carbon keeps minutes for \(settings.days) days; "
                    + "if it keeps them longer, give --graphite-days")
        }
        print("sent \(summary.minutes) minutes of \(summary.clients) clients")
    }
}

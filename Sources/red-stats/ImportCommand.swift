import ArgumentParser
import CommandOutput
import REDEvents
import REDStats
import REDStatsService

/// `red-stats import`: counts events of the past from files.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Counts events of the past: files with an event a line. Nobody is alerted.",
        discussion: """
            Each event is counted once, however often it is imported or came from the broker. What is no event is listed \
            on standard error, with its line.
            """)

    @Argument(
        help: ArgumentHelp("A file of events as JSON, one a line; - for standard input.", valueName: "file"),
        completion: .file())
    var files: [String]

    @OptionGroup var store: StoreOption

    func run() async throws {
        let summary = try await store.withStore { store in
            var importer = EventImport(store: store) { file, line, mistake in
                StandardError.write("red-stats: \(file):\(line): \(mistake)")
            }
            for file in files { try await importer.read(file) }
            return importer.summary
        }
        print(
            "counted \(summary.result.added), counted before \(summary.result.duplicates), "
                + "too old \(summary.result.expired), rejected \(summary.rejected)")
        if summary.rejected > 0 || summary.result.expired > 0 { throw ExitCode.failure }
    }
}

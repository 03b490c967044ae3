import ArgumentParser
import PackageVersion

/// The program `red-stats`.
struct RedStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "red-stats",
        abstract:
            "Counts red's pictures by how red they are, and tells clients of those that are redder than they want.",
        discussion: """
            Examples:
              red serve --broker embedded:events.sqlite &
              red-stats serve --broker embedded:events.sqlite --store sqlite:stats.sqlite &
              curl 'http://127.0.0.1:8090/v1/stats?from=2026-11-01&to=2026-12-01&above=250000&step=P1D'

            Exit status: 0, 1 if something was rejected, 2 if the command line is wrong, 69 if a service that is needed \
            is unavailable.
            """,
        version: "red-stats \(packageVersion)",
        subcommands: [
            ServeCommand.self, IngestCommand.self, APICommand.self, ImportCommand.self, KeysCommand.self,
            DeadLettersCommand.self, RerollCommand.self, ExportCommand.self,
        ])
}

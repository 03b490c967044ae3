import ArgumentParser
import CommandOutput
import RED

/// The program `red`.
struct RedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "red",
        abstract: "Measures how red pictures are: as a server, or files on the command line.",
        discussion: """
            Examples:
              red serve --port 8080 --store ./images
              curl --data-binary @cat.jpg http://127.0.0.1:8080/images
              red measure cat.jpg dog.png

            Exit status: 0, 1 if something failed, 2 if the command line is wrong.
            """,
        version: "1.0.0",
        subcommands: [ServeCommand.self, MeasureCommand.self])

    /// Runs the program and ends the process. A wrong command line ends it with 2.
    static func run() async -> Never {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(withError: ExitCode.success)
        } catch {
            if exitCode(for: error) == .validationFailure {
                StandardError.write(fullMessage(for: error))
                exit(withError: ExitCode(2))
            }
            // Help and versions go to standard output with status 0, failures to standard error.
            exit(withError: error)
        }
    }
}

import ArgumentParser

extension AsyncParsableCommand {
    /// Runs the program and ends the process. A wrong command line ends it with 2.
    package static func runAndExit() async -> Never {
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

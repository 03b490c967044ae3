import ArgumentParser

extension ParsableCommand {
    /// Tells what parsing a command line ended in: help and the version on standard output, what is wrong on standard error.
    ///
    /// - Returns: The exit status: 0, or 2 for a wrong command line.
    package static func tell(_ error: any Error) throws(OutputError) -> Int32 {
        guard exitCode(for: error) == .success else {
            StandardError.write(fullMessage(for: error))
            return 2
        }
        try OutputFile.write(Array((fullMessage(for: error) + "\n").utf8), to: nil)
        return 0
    }
}

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

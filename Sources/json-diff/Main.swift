#if Tools
import ArgumentParser
import CommandOutput
import Hoofprint
import JSONDiff

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Runs the command and turns what went wrong into a message and an exit status.
@main
enum Main {
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        if getenv("HOOFPRINT") != nil || getenv("HOOFPRINT_SINK") != nil { HoofprintSystem.bootstrap() }
        let arguments = Array(CommandLine.arguments.dropFirst())
        let status =
            arguments.first == "apply"
            ? run(ApplyCommand.self, Array(arguments.dropFirst())) : run(CompareCommand.self, arguments)
        HoofprintSystem.shutdown()
        exit(status)
    }

    private static func run<C: StatusCommand>(_ command: C.Type, _ arguments: [String]) -> Int32 {
        let parsed: any ParsableCommand
        do {
            parsed = try C.parseAsRoot(arguments)
            if let parsed = parsed as? C { return try parsed.status() }
            // What argument-parser does itself: help and completions.
            var other = parsed
            try other.run()
            return 0
        } catch let error as Failure {
            say(error.message)
            return error.status
        } catch {
            return finish(C.self, error)
        }
    }

    /// Ends for help, version and wrong usage.
    private static func finish<C: StatusCommand>(_ command: C.Type, _ error: any Error) -> Int32 {
        do throws(OutputError) {
            return try C.tell(error)
        } catch {
            if error.isClosedPipe { return 0 }
            say(error.message)
            return 2
        }
    }

    /// Writes a message to standard error.
    static func say(_ message: String) { StandardError.write("json-diff: " + VisibleText.escaped(message)) }
}

/// A command whose exit status says what it found.
protocol StatusCommand: ParsableCommand {
    /// Does the work; answers with the exit status.
    func status() throws -> Int32
}
#else
#error(
    "json-diff needs the trait Tools of the package hoofprint: add it to the traits of the dependency, as in .package(url: …, traits: [\"Tools\"]), or build with --traits Tools"
)
#endif

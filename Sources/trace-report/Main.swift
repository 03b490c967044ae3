#if Tools
import ArgumentParser
import CommandOutput
import TraceReport
import TraceSymbols

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
        do {
            var command = try Command.parseAsRoot()
            try command.run()
        } catch let error as LogReadError {
            fail(error.message, status: 66)
        } catch let error as SymbolFileError {
            fail(error.message, status: 66)
        } catch let error as OutputError {
            // A reader that closed the pipe has seen enough.
            if error.isClosedPipe { exit(0) }
            fail(SafeText.escaped(error.message), status: 74)
        } catch let error as any NothingToReport {
            fail(error.message, status: 1)
        } catch let error as GatesFailed {
            error.messages.forEach(say)
            exit(3)
        } catch {
            finish(error)
        }
    }

    /// Ends for help, version and wrong usage.
    private static func finish(_ error: any Error) -> Never {
        do throws(OutputError) {
            exit(try Command.tell(error))
        } catch {
            if error.isClosedPipe { exit(0) }
            fail(SafeText.escaped(error.message), status: 74)
        }
    }

    private static func fail(_ message: String, status: Int32) -> Never {
        say(message)
        exit(status)
    }

    /// Writes a message to standard error.
    static func say(_ message: String) { StandardError.write("trace-report: " + message) }
}
#endif

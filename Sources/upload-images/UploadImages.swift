import ArgumentParser
import Dispatch
import Hoofprint
import ImageUpload

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Runs the command: options in, exit status out.
@main
enum UploadImages {
    static func main() async {
        // A reader of our output that goes away is told by the write that fails.
        signal(SIGPIPE, SIG_IGN)
        if getenv("HOOFPRINT") != nil { HoofprintSystem.bootstrap() }
        let status = await run()
        HoofprintSystem.shutdown()
        exit(status.rawValue)
    }

    private static func run() async -> ExitStatus {
        do {
            return try await CommandRun(command: try UploadCommand.parse()).run()
        } catch {
            let message = UploadCommand.fullMessage(for: error)
            switch UploadCommand.exitCode(for: error) {
            case .success:
                Console.write(message, to: STDOUT_FILENO)
                return .allUploaded
            default:
                Console.write(message, to: STDERR_FILENO)
                return .usage
            }
        }
    }
}

/// What the command's exit status says.
enum ExitStatus: CInt {
    case allUploaded = 0
    case someFailed = 1
    case usage = 2
    /// 128 and SIGINT's number, as shells have it.
    case interrupted = 130
}

import ArgumentParser
import Hoofprint
import Logging
import RED

/// `red serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Takes pictures over HTTP, says how red they are, and keeps them.",
        discussion: """
            POST /images takes a picture as it is, or as the first file of multipart/form-data; GET /images/{id} sends \
            it back. The log goes to standard error, with Hoofprint's records in it (see HOOFPRINT_SINK). SIGTERM and \
            SIGINT stop the server after the requests in flight.

            Example:
              red serve --port 0 --store /var/lib/red
            """)

    @Option(help: ArgumentHelp("The name or address to listen on.", valueName: "host"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The port to listen on; 0 takes a free one.", valueName: "port"))
    var port = 8080

    @Option(help: ArgumentHelp("The folder to keep pictures in; created where it is missing.", valueName: "folder"))
    var store = "./images"

    @Option(help: ArgumentHelp("The most bytes of a picture.", valueName: "n"))
    var maxBytes = 32 << 20

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port \(port): a port is from 0 to 65535")
        }
        guard (1...1 << 40).contains(maxBytes) else {
            throw ValidationError("--max-bytes \(maxBytes): give a number from 1 to \(1 << 40)")
        }
        guard !store.isEmpty else { throw ValidationError("--store: give the path of a folder") }
    }

    func run() async throws {
        HoofprintSystem.bootstrap()
        defer { HoofprintSystem.shutdown() }
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var configuration = REDServer.Configuration()
        configuration.host = host
        configuration.port = port
        configuration.store = store
        configuration.maximumBytes = maxBytes
        do {
            let server = try REDServer(configuration, logger: Logger(label: "red"))
            try await server.run { StandardError.write("listening on \($0)") }
        } catch let error as StoreError {
            StandardError.write("red: \(error); make it writable, or give another folder with --store")
            throw ExitCode.failure
        } catch {
            StandardError.write("red: \(error)")
            throw ExitCode.failure
        }
    }
}

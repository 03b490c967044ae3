import ArgumentParser
import Hoofprint
import RED

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// `red measure`.
struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Measures how red picture files are, with the server's code.",
        discussion: """
            Example:
              red measure --json photos/*.jpg

            Exit status: 0, 1 if a file could not be measured (standard error says which and why). With HOOFPRINT set, \
            records of the functions' times go to standard error.
            """)

    @Flag(help: "Print a JSON array, a file a line, instead of a table.")
    var json = false

    @Argument(help: ArgumentHelp("JPEG or PNG files.", valueName: "file"))
    var files: [String]

    func run() throws {
        if getenv("HOOFPRINT") != nil { HoofprintSystem.bootstrap() }
        defer { HoofprintSystem.shutdown() }
        let measurements = files.map { FileMeasurement(of: $0) }
        print(json ? FileMeasurement.json(measurements) : FileMeasurement.table(measurements), terminator: "")
        var hasFailed = false
        for measurement in measurements {
            guard case .failure(let error) = measurement.result else { continue }
            hasFailed = true
            StandardError.write("red: cannot measure '\(measurement.file)': \(error)")
        }
        if hasFailed { throw ExitCode.failure }
    }
}

import HTTPService
import ArgumentParser
import CommandOutput
import Hoofprint
import RED
import Redness

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

            A pixel is red if its hue is within 20° of red, its saturation at least 40 % and its red component at least 50 \
            of 255. The table shows their share, the mean colour, and the box of the largest patch of red in the picture \
            as it is displayed; --json has all that the server answers.

            Exit status: 0, 1 if a file could not be measured (standard error says which and why), 2 if the command line \
            is wrong. With HOOFPRINT set, records of the functions' times go to standard error.
            """)

    @Flag(help: "Print a JSON array, a file a line, instead of a table.")
    var json = false

    @Flag(help: "Decode JPEGs at half their width and height: quicker, and near: ≈ marks such figures.")
    var quick = false

    @Argument(
        help: ArgumentHelp("JPEG, PNG, WebP or GIF files, told by content.", valueName: "file"), completion: .file())
    var files: [String]

    func run() throws {
        if getenv("HOOFPRINT") != nil { HoofprintSystem.bootstrap() }
        defer { HoofprintSystem.shutdown() }
        let measurements = files.map { FileMeasurement(of: $0, scale: quick ? .half : .full) }
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

import ArgumentParser
import ImageUpload

/// The command line.
struct UploadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload-images",
        abstract: "Post the pictures of a folder to a server.",
        discussion: """
            Sends every JPEG, PNG, GIF and WebP in FOLDER and below, several at a time. Symbolic links and what is no \
            picture by content or name are skipped. Failures are listed on standard error, the summary is printed on \
            standard output.

            Example:
              upload-images ~/Pictures --to http://localhost:8080 --concurrency 16

            Exit status: 0 all were uploaded, 1 some failed, 2 usage, 130 interrupted.
            """,
        version: "0.1.0")

    @Argument(help: ArgumentHelp("The folder whose pictures are sent.", valueName: "folder"))
    var folder: String

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp(
            "Where to: http://HOST[:PORT][/PATH]; without a path, /images.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("How many are sent at a time, 1 to 256.", valueName: "n"))
    var concurrency = 8

    @Option(help: ArgumentHelp("How long a request may stand still, 1 to 86400.", valueName: "seconds"))
    var timeout = 30

    @Option(help: ArgumentHelp("How long connecting may take, 1 to 86400.", valueName: "seconds"))
    var connectTimeout = 10

    @Flag(help: "Send each picture as the field 'image' of a form (multipart/form-data).")
    var form = false

    @Flag(help: "Print the summary, with the failures, as JSON.")
    var json = false

    @Flag(help: "List what would be sent, and send nothing.")
    var dryRun = false

    /// The target, once `validate` has found it right.
    func target() throws -> UploadTarget {
        do {
            return try UploadTarget(url: url)
        } catch {
            throw ValidationError("--to \(error)")
        }
    }

    func validate() throws {
        _ = try target()
        guard (1...256).contains(concurrency) else {
            throw ValidationError("--concurrency \(concurrency): give a number from 1 to 256")
        }
        for (name, seconds) in [("--timeout", timeout), ("--connect-timeout", connectTimeout)] {
            guard (1...86400).contains(seconds) else {
                throw ValidationError("\(name) \(seconds): give seconds from 1 to 86400")
            }
        }
    }

    /// The options, as the library has them.
    var options: UploadOptions {
        var options = UploadOptions()
        options.concurrency = concurrency
        options.sendsForms = form
        options.isDryRun = dryRun
        options.connectTimeoutSeconds = connectTimeout
        options.progressTimeoutSeconds = timeout
        return options
    }
}

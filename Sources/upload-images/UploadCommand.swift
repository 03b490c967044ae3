import ArgumentParser
import ImageUpload
import PackageVersion

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The command line.
struct UploadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload-images",
        abstract: "Post the pictures of a folder to a server.",
        discussion: """
            Sends every JPEG, PNG, GIF and WebP in FOLDER and below, several at a time. What fails for a reason that may pass is tried again. Failures are listed on standard error, the \
            summary is printed on standard output.

            A bearer token is read from --token-file, or else from the environment variable UPLOAD_IMAGES_TOKEN.

            Patterns: * and ? stand for characters of a name, ** for any number of names, [a-z] for one of a set. \
            Without a slash a pattern is of a name, with one of the whole path below FOLDER.

            Examples:
              upload-images ~/Pictures --to http://localhost:8080 --concurrency 16
              upload-images photos --to https://red.example --journal photos.journal
              upload-images . --to http://h --include '*.jpg' --exclude 'drafts/**'

            Exit status: 0 all were uploaded, 1 some failed, 2 usage, 130 interrupted.
            """,
        version: "upload-images \(packageVersion)")

    @Argument(help: ArgumentHelp("The folder whose pictures are sent.", valueName: "folder"), completion: .directory)
    var folder: String

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp(
            "Where to: http[s]://HOST[:PORT][/PATH]; without a path, /images.", valueName: "url"))
    var url: String

    @OptionGroup(title: "Which files") var selection: SelectionOptions
    @OptionGroup(title: "How they are sent") var sending: SendingOptions

    @Flag(help: "Print the summary, with the failures, as JSON.")
    var json = false

    @Flag(help: "List what would be sent, and send nothing.")
    var dryRun = false

    @Flag(help: "Then send what comes into the folder, until interrupted.")
    var watch = false

    /// The target, once `validate` has found it right.
    func target() throws -> UploadTarget {
        do {
            return try UploadTarget(url: url)
        } catch {
            throw ValidationError("--to \(error)")
        }
    }

    func validate() throws {
        let target = try target()
        guard target.isSecure || sending.ca == nil else {
            throw ValidationError("--ca is for https; give an https URL with --to, or leave --ca out")
        }
        guard !watch || !dryRun else { throw ValidationError("--watch and --dry-run exclude each other; give one") }
        _ = try selection.filter()
    }

    /// The options, as the library has them; reads the token.
    func options() throws -> UploadOptions {
        var options = UploadOptions()
        options.isDryRun = dryRun
        options.watches = watch
        options.filter = try selection.filter()
        options.symbolicLinks = selection.symlinks
        options.concurrency = sending.concurrency
        options.pipelining = sending.pipeline
        options.sendsForms = sending.form
        options.sendsDigests = !sending.noDigest
        options.attempts = sending.attempts
        options.connectTimeoutSeconds = sending.connectTimeout
        options.progressTimeoutSeconds = sending.timeout
        options.bytesPerSecond = sending.limitRate?.bytes
        options.journal = sending.journal.map { FilePath($0) }
        options.certificateAuthorities = sending.ca.map { FilePath($0) }
        options.token = try token()
        return options
    }

    private func token() throws -> AccessToken? {
        let variable = "UPLOAD_IMAGES_TOKEN"
        do {
            if let file = sending.tokenFile { return try AccessToken(file: FilePath(file)) }
        } catch {
            throw ValidationError("--token-file: \(error); give a file with the token alone")
        }
        guard let value = getenv(variable) else { return nil }
        do {
            return try AccessToken(String(cString: value))
        } catch {
            throw ValidationError("\(variable): \(error); set it to the token alone, or unset it")
        }
    }
}

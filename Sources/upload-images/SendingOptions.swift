import ArgumentParser
import ImageUpload

/// How pictures are sent.
struct SendingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("At most so many connections, 1 to 256; fewer if more are no use.", valueName: "n"))
    var concurrency = 8

    @Option(help: ArgumentHelp("At most so many small pictures on their way on each, 1 to 64.", valueName: "n"))
    var pipeline = 8

    @Option(help: ArgumentHelp("How often a picture is sent before it has failed, 1 to 100.", valueName: "n"))
    var attempts = 5

    @Option(help: ArgumentHelp("How long a request may stand still, 1 to 86400.", valueName: "seconds"))
    var timeout = 30

    @Option(help: ArgumentHelp("How long connecting may take, 1 to 86400.", valueName: "seconds"))
    var connectTimeout = 10

    @Option(help: ArgumentHelp("At most so many bytes a second: 500k, 2M.", valueName: "rate"))
    var limitRate: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Note here what the server has, and send only what is missing the next time.", valueName: "file"),
        completion: .file())
    var journal: String?

    @Option(
        help: ArgumentHelp("Send the token in this file as a bearer token.", valueName: "file"), completion: .file())
    var tokenFile: String?

    @Option(
        help: ArgumentHelp("Trust the certificates in this file (PEM), not the system's.", valueName: "file"),
        completion: .file())
    var ca: String?

    @Flag(help: "Send each picture as the field 'image' of a form (multipart/form-data).")
    var form = false

    @Flag(help: "Send no digest of what is sent: large pictures are read once, not twice.")
    var noDigest = false

    func validate() throws {
        for (name, number, most) in [
            ("--concurrency", concurrency, 256), ("--pipeline", pipeline, 64), ("--attempts", attempts, 100),
        ] where !(1...most).contains(number) {
            throw ValidationError("\(name) \(number): give a number from 1 to \(most)")
        }
        for (name, seconds) in [("--timeout", timeout), ("--connect-timeout", connectTimeout)]
        where !(1...86400).contains(seconds) {
            throw ValidationError("\(name) \(seconds): give seconds from 1 to 86400")
        }
        if let limitRate, limitRate.bytes < 1024 {
            throw ValidationError("--limit-rate: give at least 1k bytes a second")
        }
    }
}

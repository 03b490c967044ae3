#if Tools
import ArgumentParser
import CommandOutput
import Hoofprint
import JSONDiff

/// `json-diff apply PATCH DOCUMENT`.
struct ApplyCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "json-diff apply",
        abstract: "Applies a JSON Patch (RFC 6902) or a merge patch (RFC 7396) to a document.",
        discussion: """
            Examples:
              json-diff apply change.json old.json -o new.json
              json-diff apply --revert change.json new.json
              json-diff apply --merge settings.patch.json settings.json

            All operations are done, or none. What they do not touch stands as it did, white space included; comments (--jsonc) are left out. A patch \
            that 'json-diff --format patch --test' wrote can be taken back.

            Exit status: 0 applied; 1 a test of the patch failed; 2 trouble or wrong usage.
            """,
        version: CompareCommand.configuration.version)

    @Argument(help: "The patch; - is standard input.", completion: .file())
    var patch: String

    @Argument(help: "The document; - is standard input.", completion: .file())
    var document: String

    @Flag(help: "The patch is a merge patch.")
    var merge = false

    @Flag(help: "Take the patch back.")
    var revert = false

    @OptionGroup(title: "Reading the document") var reading: ReadingOptions

    @Option(
        name: [.customShort("o"), .long], help: ArgumentHelp("Write to a file.", valueName: "file"), completion: .file()
    )
    var output: String?

    func validate() throws {
        if patch == "-", document == "-" { throw ValidationError("'-': standard input can be read once only") }
        if merge, revert {
            throw ValidationError("--revert: a merge patch does not say what was there, and cannot be taken back")
        }
        if merge, reading.ndjson { throw ValidationError("--ndjson: a merge patch is for one value") }
    }

    func status() throws -> Int32 {
        var options = JSONOptions()
        options.maximumDepth = reading.maxDepth
        let operations = try JSONDocument.read(patch, options)
        let target = try JSONDocument.read(document, reading.options)
        if target.hasByteOrderMark {
            Main.say("note: \(Failure.name(document)) begins with a byte order mark, which is left out")
        }
        let result = try span("json.apply") { _ throws in try applied(operations, to: target) }
        do throws(OutputError) {
            try OutputFile.write(result, to: output)
        } catch {
            if !error.isClosedPipe { throw Failure(error.message) }
        }
        return 0
    }

    private func applied(_ operations: JSONDocument, to target: JSONDocument) throws -> [UInt8] {
        if merge { return JSONMergePatch(operations).applied(to: target) }
        do throws(JSONPatchError) {
            let patch = try JSONPatch(operations)
            return revert ? try patch.reverted(on: target) : try patch.applied(to: target)
        } catch {
            throw Failure("\(Failure.name(self.patch)): \(error)", status: error.isFailedTest ? 1 : 2)
        }
    }
}
#endif

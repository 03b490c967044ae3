#if Tools
import ArgumentParser
import CommandOutput
import Hoofprint
import JSONDiff
import PackageVersion

/// `json-diff A B`.
struct CompareCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "json-diff",
        abstract: "Compares two JSON documents by what they mean.",
        usage: "json-diff <old> <new> [options]\njson-diff apply <patch> <document> [options]",
        discussion: """
            Examples:
              json-diff old.json new.json
              json-diff old.json new.json --key id --ignore '/**/updatedAt'
              json-diff old.json new.json --format patch --test -o change.json
              json-diff apply change.json old.json
              json-diff apply --revert change.json new.json
              curl -s https://api.example/users | json-diff users.json - --stat

            Keys have no order, numbers are compared by their exact value (1 = 1.0 = 1e0), strings by their \
            characters. 'json-diff apply --help' tells of applying patches; a file of the name 'apply' is './apply'.

            Exit status: 0 equal; 1 different; 2 trouble or wrong usage.

            Environment: NO_COLOR, COLUMNS. With HOOFPRINT_SINK (as in HOOFPRINT_SINK=stderr) a log for trace-report \
            is written.
            """,
        version: "json-diff \(packageVersion)")

    @Argument(help: "The old document; - is standard input.", completion: .file())
    var old: String

    @Argument(help: "The new document; - is standard input.", completion: .file())
    var new: String

    @Option(
        help: """
            How to write the difference: for eyes; as JSON Patch (RFC 6902); as merge patch (RFC 7396); as jd does; as a \
            page; as JSON.
            """)
    var format: Format = .human

    @Flag(help: "Count the changes instead of showing them.")
    var stat = false

    @Flag(help: "Write nothing: the exit status tells.")
    var quiet = false

    @Flag(help: "In a JSON Patch, test the old values: such a patch can be taken back.")
    var test = false

    @Option(help: ArgumentHelp("Look for so many changes only.", valueName: "n"))
    var maxDiffs: Int?

    @Option(help: "How arrays are compared.")
    var arrays: JSONOptions.Arrays = .list

    @Option(
        help: ArgumentHelp(
            "Elements of arrays (of those at a path) are known by a member. May be repeated.",
            valueName: "[pattern=]name"))
    var key: [KeyArgument] = []

    @Option(
        help: ArgumentHelp(
            "Pass over values at a JSON Pointer; * is any step, ** any number of them. May be repeated.",
            valueName: "pattern"))
    var ignore: [JSONPattern] = []

    @Option(help: "How numbers are compared.")
    var numbers: JSONOptions.Numbers = .exact

    @Option(help: ArgumentHelp("Numbers as near as this to each other are equal.", valueName: "x"))
    var tolerance = 0.0

    @Option(help: "Compare strings in a normal form of Unicode.")
    var normalize: Normalization?

    @OptionGroup(title: "Reading") var reading: ReadingOptions

    @Option(help: "Use colours.")
    var color: Colors = .auto

    @Option(
        help: ArgumentHelp("How wide lines may be. (default: COLUMNS, else the terminal's, else 100)", valueName: "n"))
    var width: Int?

    @Option(help: ArgumentHelp("How many members of the record around a change are shown.", valueName: "n"))
    var context = 2

    @Option(help: ArgumentHelp("Read both documents at once, or one after the other.", valueName: "1|2"))
    var threads = 2

    @Option(
        name: [.customShort("o"), .long], help: ArgumentHelp("Write to a file.", valueName: "file"), completion: .file()
    )
    var output: String?

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case human, patch, merge, jd, html, json
    }

    enum Colors: String, CaseIterable, ExpressibleByArgument {
        case auto, always, never
    }

    enum Normalization: String, CaseIterable, ExpressibleByArgument {
        case nfc
    }

    func validate() throws {
        if old == "-", new == "-" { throw ValidationError("'-': standard input can be read once only") }
        if let maxDiffs, maxDiffs < 1 { throw ValidationError("--max-diffs \(maxDiffs): give a number from 1 on") }
        guard tolerance >= 0, tolerance.isFinite else {
            throw ValidationError("--tolerance \(tolerance): give a number from 0 on")
        }
        if let width, !(60...10_000).contains(width) {
            throw ValidationError("--width \(width): give a number from 60 to 10000")
        }
        guard (0...20).contains(context) else {
            throw ValidationError("--context \(context): give a number from 0 to 20")
        }
        guard (1...2).contains(threads) else { throw ValidationError("--threads \(threads): give 1 or 2") }
        if test, format != .patch { throw ValidationError("--test is for --format patch") }
        if stat, format != .human { throw ValidationError("--stat has a form of its own: leave out --format") }
        if format == .merge, maxDiffs != nil {
            throw ValidationError("--max-diffs: a part of the changes is no merge patch; use --format patch")
        }
        if format == .merge, reading.ndjson {
            throw ValidationError("--ndjson: a merge patch is for one value; use --format patch")
        }
    }

    private var options: JSONOptions {
        var options = reading.options
        options.arrays = arrays
        options.keys = key.map(\.key)
        options.ignored = ignore
        options.numbers = numbers
        options.tolerance = tolerance
        options.normalizes = normalize == .nfc
        return options
    }

    func status() throws -> Int32 {
        if quiet { return try span("json.diff") { _ throws in try isSame() } ? 0 : 1 }
        let difference = try span("json.diff") { _ throws in try compared() }
        for (document, path) in [(difference.old, old), (difference.new, new)] where document.hasByteOrderMark {
            Main.say("note: \(Failure.name(path)) begins with a byte order mark, which is passed over")
        }
        let status: Int32 = difference.isEmpty ? 0 : 1
        do {
            var file = try OutputFile(output)
            try write(difference, to: &file)
            try file.keep()
        } catch let error as OutputError {
            if !error.isClosedPipe { throw Failure(error.message) }
        } catch let error as JSONMergePatchError {
            throw Failure("\(error)")
        }
        return status
    }

    private func isSame() throws -> Bool {
        try reading { try isEqual(contentsOf: old, new, options: options, threads: threads) }
    }

    private func compared() throws -> JSONDifference {
        try reading { try compare(contentsOf: old, new, options: options, threads: threads, maximum: maxDiffs ?? .max) }
    }

    /// Names the document in what is wrong with it.
    private func reading<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as JSONTextsError {
            throw Failure(error.isOld ? old : new, error.error)
        } catch let error as JSONFileError {
            throw Failure("\(error)")
        } catch let error as JSONOptionsError {
            throw Failure("--ignore or --key: \(error)")
        }
    }

    private func write(_ difference: JSONDifference, to file: inout OutputFile) throws {
        try span("json.render") { _ throws in
            // The closure of an output cannot hold what is not copied; the file lives longer than the call.
            try withUnsafePointer(to: &file) { file in
                var rendered = RenderedOutput { try file.pointee.write($0) }
                try renderer.render(difference, to: &rendered)
                try rendered.flush()
            }
        }
    }

    private var renderer: any JSONDifferenceRenderer {
        let terminal = Terminal(ofOutput: output)
        let width = width ?? terminal.columns
        if stat { return StatisticsRenderer(width: width) }
        switch format {
        case .patch: return PatchRenderer(tests: test)
        case .merge: return MergePatchRenderer()
        case .jd: return JDRenderer()
        case .html: return HTMLRenderer(old: old, new: new, context: context)
        case .json: return SummaryRenderer()
        case .human:
            let usesColor =
                switch color {
                case .always: true
                case .never: false
                case .auto: terminal.usesColor
                }
            return HumanRenderer(width: width, usesColor: usesColor, context: context)
        }
    }
}
#endif

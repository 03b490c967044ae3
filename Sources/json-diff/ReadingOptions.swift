#if Tools
import ArgumentParser
import JSONDiff

/// How texts are read: options of both commands.
struct ReadingOptions: ParsableArguments {
    @Flag(help: "Take comments and trailing commas.")
    var jsonc = false

    @Flag(help: "Read a value on each line; the document is the array of them.")
    var ndjson = false

    @Option(help: "What an object with a key more than once is.")
    var duplicates: JSONOptions.Duplicates = .error

    @Option(help: ArgumentHelp("How many containers may stand in each other.", valueName: "n"))
    var maxDepth = 10_000

    func validate() throws {
        if jsonc, ndjson { throw ValidationError("--jsonc and --ndjson: give one of them") }
        guard (1...1_000_000).contains(maxDepth) else {
            throw ValidationError("--max-depth \(maxDepth): give a number from 1 to 1000000")
        }
    }

    var options: JSONOptions {
        var options = JSONOptions()
        options.syntax = jsonc ? .jsonc : ndjson ? .ndjson : .json
        options.duplicates = duplicates
        options.maximumDepth = maxDepth
        return options
    }
}

extension JSONOptions.Duplicates: ExpressibleByArgument {}
extension JSONOptions.Arrays: ExpressibleByArgument {}
extension JSONOptions.Numbers: ExpressibleByArgument {}

extension JSONPattern: ExpressibleByArgument {
    /// Reads an argument.
    public init?(argument: String) { self.init(argument) }
}

/// `NAME`, or `PATTERN=NAME` for the arrays at a path.
struct KeyArgument: ExpressibleByArgument {
    let key: JSONOptions.Key

    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        guard argument.hasPrefix("/") || argument.hasPrefix("="), let equals = argument.lastIndex(of: "=") else {
            key = JSONOptions.Key(argument)
            return
        }
        let name = String(argument[argument.index(after: equals)...])
        guard !name.isEmpty, let path = JSONPattern(String(argument[..<equals])) else { return nil }
        key = JSONOptions.Key(name, at: path)
    }
}
#endif

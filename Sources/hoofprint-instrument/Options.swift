import Foundation

/// What is asked for on the command line.
struct Options {
    enum Action: Equatable {
        case build, list, diff, writeInPlace, remove, help
    }

    var action = Action.build
    var packagePath = FileManager.default.currentDirectoryPath
    var output: String?
    var products: [String] = []
    var targets: [String] = []
    /// Identities of dependencies that are wrapped too.
    var dependencies: Set<String> = []
    var filter = FunctionFilter()
    var report: String?
    var bundle: String?
    var configuration = "release"
    var isQuiet = false
    var startsItself = true
    /// Lines `NAME=VALUE`.
    var variables: [String] = []
    /// Handed on to `swift build`.
    var buildArguments: [String] = []

    static let help = """
        Wraps every function of a Swift package in a span, in a copy of the package, and builds the copy. The build writes
        Hoofprint's records to its log from the start, as the variables HOOFPRINT_* say; trace-report reads them.

        Usage: instrument [OPTION…] [-- ARGUMENT OF swift build…]

        What is wrapped:
          --target NAME            only this target; may be repeated (default: all but tests, macros and plug-ins)
          --with-dependencies NAME the package's dependency NAME too (swift-nio); may be repeated
          --include GLOB           only functions of this name: 'Store.load*', 'load', 'MyModule.*'; may be repeated
          --exclude GLOB           not these; may be repeated
          --min-statements N       only bodies of N statements or more (default 1)
          --public-only            only public and open functions
          --accessors              getters, setters, subscripts and property observers too
          --from-report FILE       deeper where the report (trace-report --format json) is slow, and not what is cheap and hot

        What is done:
          --list                   say of each function whether it is wrapped, or why not; nothing is built
          --diff                   show the edits; nothing is built
          --in-place               write them to the package itself; --remove takes them away again
          --remove                 take away what --in-place wrote
          --product NAME           build only this product; may be repeated
          --bundle FILE            put the built programs and the libraries they need into FILE (.tar.zst, .tar.gz, .tar.xz, .tar)
          --debug                  build in debug mode (default: release)
          --set NAME=VALUE         what a variable is where the environment has none of that name: HOOFPRINT_SINK=file:server.log
          --no-start               the program bootstraps Hoofprint itself
          --package-path FOLDER    the package (default: this folder)
          --output FOLDER          where the copy goes (default: .build/instrumented in the package)
          --quiet                  say nothing of how it goes

        Exit status: 0, 1 if something failed (standard error says what), 2 if the command line is wrong.

        Example:
          instrument --product server --bundle server.tar.zst
        """

    /// Reads a command line. Throws ``UsageError``.
    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        func value(of option: String) throws -> String {
            guard let value = rest.popFirst() else { throw UsageError("\(option) needs a value") }
            return value
        }
        func act(_ action: Action, _ option: String) throws {
            guard self.action == .build || self.action == action else {
                throw UsageError("\(option): give one of --list, --diff, --in-place and --remove")
            }
            self.action = action
        }
        while let argument = rest.popFirst() {
            var option = argument
            if argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") {
                option = String(argument[..<equals])
                rest = [String(argument[argument.index(after: equals)...])] + rest
            }
            switch option {
            case "--help", "-h": action = .help
            case "--list": try act(.list, option)
            case "--diff": try act(.diff, option)
            case "--in-place": try act(.writeInPlace, option)
            case "--remove": try act(.remove, option)
            case "--package-path": packagePath = try value(of: option)
            case "--output": output = try value(of: option)
            case "--product": products.append(try value(of: option))
            case "--target": targets.append(try value(of: option))
            case "--with-dependencies": dependencies.insert(try value(of: option).lowercased())
            case "--include": filter.include.append(try value(of: option))
            case "--exclude": filter.exclude.append(try value(of: option))
            case "--min-statements":
                let text = try value(of: option)
                guard let number = Int(text), (1...1000).contains(number) else {
                    throw UsageError("--min-statements '\(text)': give a number from 1 to 1000")
                }
                filter.minimumStatements = number
            case "--public-only": filter.isPublicOnly = true
            case "--accessors": filter.wrapsAccessors = true
            case "--from-report": report = try value(of: option)
            case "--bundle": bundle = try value(of: option)
            case "--debug": configuration = "debug"
            case "--no-start": startsItself = false
            case "--set":
                let text = try value(of: option)
                guard text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*=[^\n"\\]*/) != nil else {
                    throw UsageError(
                        "--set '\(text)': give NAME=VALUE, without quotes, backslashes and line ends in it")
                }
                variables.append(text)
            case "--quiet", "-q": isQuiet = true
            case "--":
                buildArguments = Array(rest)
                rest = []
            default: throw UsageError("'\(argument)' is not an option; --help lists them")
            }
        }
        if !dependencies.isEmpty, action == .writeInPlace {
            throw UsageError("--in-place writes to the package alone; take --with-dependencies away")
        }
    }
}

/// The command line is wrong.
struct UsageError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Something that was to be done failed; the text names it, and what helps.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

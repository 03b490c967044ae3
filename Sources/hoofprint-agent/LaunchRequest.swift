/// What the command line asks for.
enum LaunchRequest {
    case help
    case version
    case run(Launch)

    static let helpText = """
        Samples the stacks of a program as it is, and writes them into its log.

        USAGE: hoofprint-agent [--sample RATE[:wall]] [--sink SINK] [--] PROGRAM [ARGUMENT…]

        EXAMPLE: hoofprint-agent --sample 99 --sink file:server.log ./server --port 8080

        OPTIONS:
          --sample RATE[:wall]  Samples a second of time on a processor, 1 to 10000; with :wall (up to 1000) of all
                                time, waiting too. Default: HOOFPRINT_SAMPLE, or else 99.
          --sink SINK           stderr, file:PATH, journald, syslog. Default: HOOFPRINT_SINK, or else stderr.
          --version             Shows the version.
          -h, --help            Shows this.

        The program must be dynamically linked with glibc. It runs in place of this command, which ends with status 2
        where the program cannot be sampled, 126 where it cannot be run, and 127 where it is not found.
        """

    init(arguments: [String]) throws(LaunchError) {
        var sample: String?
        var sink: String?
        var rest = arguments[...]
        while let argument = rest.first, argument.hasPrefix("-") {
            rest.removeFirst()
            if argument == "--" { break }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            switch parts[0] {
            case "-h", "--help":
                self = .help
                return
            case "--version":
                self = .version
                return
            case "--sample":
                sample = try Self.value(of: parts, or: &rest)
            case "--sink":
                sink = try Self.value(of: parts, or: &rest)
            default:
                throw .refused("there is no option '\(argument)'; see hoofprint-agent --help")
            }
        }
        guard let program = rest.first else {
            throw .refused("no program is given; see hoofprint-agent --help")
        }
        if let sample { try Self.check(sample: sample) }
        self = .run(Launch(program: program, arguments: Array(rest.dropFirst()), sample: sample, sink: sink))
    }

    private static func value(of parts: [Substring], or rest: inout ArraySlice<String>) throws(LaunchError) -> String {
        if parts.count == 2 { return String(parts[1]) }
        guard let value = rest.popFirst() else { throw .refused("\(parts[0]) needs a value") }
        return value
    }

    private static func check(sample: String) throws(LaunchError) {
        let parts = sample.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let mode = parts.count == 1 ? "cpu" : parts[1]
        guard ["cpu", "wall"].contains(mode), let rate = Int(parts[0]),
            (1...(mode == "wall" ? 1000 : 10_000)).contains(rate)
        else {
            throw .refused(
                "--sample '\(sample)' is no number from 1 to 10000, nor such a number with :cpu or (up to 1000) :wall")
        }
    }
}

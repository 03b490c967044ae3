#if Tools
import ArgumentParser
import TraceReport

/// The options that keep reading.
struct FollowOptions: ParsableArguments {
    @Flag(
        name: .customLong("follow"),
        help: """
            Go on reading what is written, as tail -F does: files that grow, are rotated, emptied or not there yet. On a \
            terminal the report is drawn anew as it changes, until Ctrl-C or q; else it is written at the end.
            """)
    var isOn = false

    @Option(
        help: ArgumentHelp("With --follow: write the report so often as well, where it has changed.", valueName: "time")
    )
    var every: RefreshInterval?

    func validate() throws {
        if every != nil, !isOn { throw ValidationError("--every: it goes with --follow") }
    }

    /// Finds out whether the other options go together with following.
    func check(
        _ selection: SelectionOptions, _ comparing: ComparisonOptions, _ beside: EvidenceOptions,
        _ output: OutputOptions
    ) throws(ValidationError) {
        guard isOn else { return }
        if selection.since != nil || selection.until != nil {
            throw ValidationError(
                "--follow has no --since and --until: a stretch of time is known when its log has been read")
        }
        if !comparing.baseline.isEmpty {
            throw ValidationError("--follow has no --compare: compare when the log is complete")
        }
        if !beside.strace.isEmpty {
            throw ValidationError("--follow has no --strace: it is joined when the log is complete")
        }
        guard every != nil, output.file == nil || output.file == "-" else { return }
        switch output.format {
        case .text, .json: return
        default:
            throw ValidationError(
                "--every writes text or json, one report after the other; "
                    + "--format \(output.format.rawValue) needs a file with -o, which is replaced")
        }
    }
}

/// How often something is written.
struct RefreshInterval: ExpressibleByArgument, Equatable {
    let nanoseconds: UInt64

    /// Reads `10s`, `5m`, `1h`.
    init?(argument: String) {
        let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3_600]
        guard let unit = argument.last.flatMap({ units[$0] }), let number = UInt64(argument.dropLast()),
            (1...1_000_000).contains(number)
        else { return nil }
        nanoseconds = number * unit * 1_000_000_000
    }
}
#endif

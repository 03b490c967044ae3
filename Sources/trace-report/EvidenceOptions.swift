#if Tools
import ArgumentParser
import TraceReport

/// The options that name what was recorded beside the logs.
struct EvidenceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Join the system calls in strace's output to the spans that made them; run strace -f -ttt -T -y -o FILE -p PID. May \
            be repeated.
            """,
            valueName: "file"), completion: .file())
    var strace: [String] = []

    /// Finds out whether the other options go together with what was recorded.
    func check(_ views: ViewOptions, _ comparing: ComparisonOptions, _ format: Format) throws(ValidationError) {
        guard !strace.isEmpty else {
            if views.syscalls { throw ValidationError("--syscalls: give strace's output with --strace") }
            return
        }
        if !comparing.baseline.isEmpty {
            throw ValidationError("--strace has no --compare: it says what one log's functions did")
        }
        let asked = "--strace has no --format \(format.rawValue)"
        switch format.kind {
        case .stacks: throw ValidationError(asked + ", which shows stacks and nothing else")
        case .requests: throw ValidationError(asked + ", which shows requests and nothing else")
        case .table where format != .json && !views.syscalls: throw ValidationError(asked + "; add --syscalls")
        case .table, .page, .text: return
        }
    }

    /// Joins what was recorded to the spans of logs.
    func evidence(
        for logs: LogFiles, _ selection: SelectionOptions, clocks: ClockReader?
    ) throws -> Evidence {
        guard !strace.isEmpty else { return Evidence() }
        let files = try LogFiles.expand(strace, rotated: false)
        return try Evidence(
            of: [StraceSource(files: files.inputs)], logs: logs.inputs, process: selection.process, clocks: clocks)
    }
}
#endif

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
            valueName: "file"))
    var strace: [String] = []

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

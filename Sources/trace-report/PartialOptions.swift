#if Tools
import ArgumentParser
import CommandOutput
import TraceReport

/// The option that writes what a report needs, in place of a report.
struct PartialOptions: ParsableArguments {
    @Flag(
        name: .customLong("partial"),
        help: "Write a line that stands for the logs: it is given, or joined with others, in their place.")
    var isWritten = false

    /// Finds out whether the other options go together with it: all that choose a part of the logs choose it of a
    /// report.
    func check(_ command: Command) throws(ValidationError) {
        guard isWritten else { return }
        let others: [(name: String, isGiven: Bool)] = [
            ("--since", command.selection.since != nil), ("--until", command.selection.until != nil),
            ("--root", command.selection.root != nil), ("--function", command.selection.function != nil),
            ("--process", command.selection.process != nil), ("--on-cpu, --off-cpu", command.selection.threads != nil),
            ("--sort", command.sort != .selfTime), ("--top", command.top != nil),
            ("--symbols", !command.symbols.isEmpty), ("--format", command.output.format != .text),
            ("--of", command.output.content != nil), ("--no-spans", command.output.noSpans),
            ("--follow", command.follow.isOn), ("--strace", !command.beside.strace.isEmpty),
            ("--compare", !command.comparing.baseline.isEmpty), ("--fail-if", !command.comparing.gates.isEmpty),
        ]
        if let other = others.first(where: \.isGiven) {
            throw ValidationError(
                "\(other.name): a partial is of whole logs; give this where the report of the partial is made")
        }
        if command.views.hasAny {
            throw ValidationError("--partial is no view: give the view where the report of the partial is made")
        }
    }

    /// Reads the logs and writes the line.
    func write(of input: InputOptions, to file: String?) throws {
        let files = try input.files()
        let partial = try input.watched(files) { progress throws(LogReadError) in
            try Partial(of: files.inputs, progress: progress)
        }
        try OutputFile.write(partial.encoded(), to: file)
    }
}
#endif

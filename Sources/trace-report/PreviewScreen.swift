#if Tools
import CommandOutput
import Synchronization
import TraceReport

/// The preview of a report on a terminal: it stands there while the logs are read, is drawn anew as it gets better, and goes.
///
/// It is written as lines, and nothing of the terminal is changed: a reader that is killed leaves it as it was.
final class PreviewScreen: Sendable {
    /// What is shown. One thread after the other has it: the one that reads, then the progress bar's, then the first again.
    private struct Shown {
        var sample: PreviewSample
        var lines = 0
    }

    private let command: Command
    private let shown: Mutex<Shown>

    /// What stands below: the line of the progress bar, and one that a shell leaves.
    private static let rowsBelow = 2

    /// Looks at the logs in places and shows what they tell; nil: nothing can be told, or be taken back again.
    init?(_ command: Command, _ inputs: [LogInput], symbolSource: (any SymbolSource)?) throws(OutputError) {
        guard Screen.isPossible, var sample = PreviewSample(inputs, symbolSource: symbolSource) else { return nil }
        // What is wrong with a log is told by reading it.
        guard (try? sample.read(threads: 2)) == true else { return nil }
        self.command = command
        shown = Mutex(Shown(sample: sample))
        try draw()
    }

    /// Looks at further places; false: there are none.
    func refine() -> Bool {
        // Trouble with a log or the terminal is told by reading all, and by writing the report.
        shown.withLock { shown in (try? shown.sample.read(threads: 1)) ?? false } && (try? draw()) != nil
    }

    /// Takes it off the terminal.
    func remove() throws(OutputError) {
        let lines = shown.withLock { $0.lines }
        try Self.write(Self.up(lines))
    }

    private func draw() throws(OutputError) {
        let (sample, before) = shown.withLock { ($0.sample, $0.lines) }
        // A sample that holds nothing of what is asked for tells nothing.
        guard let report = try? command.report(of: sample.estimate()) else { return }
        let size = Screen.size
        let terminal = Terminal(ofOutput: nil)
        let layout = TextLayout(width: terminal.columns, usesColor: terminal.usesColor)
        let text = PreviewRenderer(sample, layout: layout, top: command.top ?? 10).render(report)
        let lines = ScreenLines.fitting(text, rows: size.rows - Self.rowsBelow, columns: size.columns - 1).lines
        try Self.write(Self.up(before) + lines.map { $0 + "\n" }.joined())
        shown.withLock { $0.lines = lines.count }
    }

    /// ECMA-48, CUU and ED: to the beginning of what stands there, which goes.
    private static func up(_ lines: Int) -> String { lines == 0 ? "" : "\r\u{1b}[\(lines)A\u{1b}[J" }

    private static func write(_ text: String) throws(OutputError) { try OutputFile.write(Array(text.utf8), to: nil) }
}
#endif

#if Tools
import ArgumentParser
import TraceReport
import TraceSymbols

/// The command line of trace-report.
struct Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace-report",
        abstract: "Ranks the slow functions that Hoofprint recorded in a server's log.",
        discussion: """
            Example: trace-report server.log server.log.1 --sort p99

            Logs may be given in any order, several of one process or of many. Lines that are no records are passed \
            over; what is lost or damaged is counted and said.

            Exit status: 0 a report was written; 1 no record was found; 2 wrong usage; 66 a log cannot be read; \
            74 the report cannot be written.
            """,
        version: "trace-report 0.1.0 (reads record format 1)")

    @Argument(help: ArgumentHelp("Logs to read; - is standard input.", valueName: "log"))
    var logs: [String]

    @Option(help: "What to sort by, largest first.")
    var sort: SortKey = .selfTime

    @Option(help: "How many functions to show. (default: 10 as text, all as JSON)")
    var top: Int?

    @Option(help: "How to write the report.")
    var format: Format = .text

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Write to a file.", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Take names and lines of code from a program, library or debug file, or from a folder of them. May be repeated.",
            valueName: "file"))
    var symbols: [String] = []

    /// How a report is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    func validate() throws {
        if let top, top < 1 { throw ValidationError("'--top \(top)': give a number from 1 on.") }
        if logs.count(where: { $0 == "-" }) > 1 { throw ValidationError("'-': standard input can be read once only.") }
    }

    func run() throws {
        let symbolFiles = symbols.isEmpty ? nil : try SymbolFiles(paths: symbols)
        var analyser = LogAnalyser(symbolSource: symbolFiles)
        for log in logs { try analyser.read(log == "-" ? .standardInput : .file(log)) }
        let report = analyser.report(sortedBy: sort)
        guard report.records > 0 else { throw NoRecordFound(report: report, sample: analyser.sampleOfFirstLine) }
        for complaint in symbolFiles?.complaints(about: analyser.modules) ?? [] { Main.say("--symbols: " + complaint) }
        let destination: ReportDestination = output.map(ReportDestination.file) ?? .standardOutput
        try destination.write(renderer(for: destination).render(report))
    }

    private func renderer(for destination: ReportDestination) -> any Renderer {
        switch format {
        case .json: return JSONRenderer(top: top)
        case .text:
            let terminal = Terminal(of: destination)
            return TextRenderer(width: terminal.columns, usesColor: terminal.usesColor, top: top ?? 10)
        }
    }
}

extension SortKey: ExpressibleByArgument {}
#else
#error(
    "trace-report needs the trait Tools of the package hoofprint: add it to the traits of the dependency, as in .package(url: …, traits: [\"Tools\"]), or build with --traits Tools"
)
#endif

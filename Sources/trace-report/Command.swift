#if Tools
import ArgumentParser
import CommandOutput
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

            Stack samples, where the program took any (HOOFPRINT_SAMPLE), are in the text and in the JSON. The formats \
            flamegraph (a page for a browser), collapsed (for flamegraph.pl), speedscope and pprof hold nothing else.
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

    @Option(help: ArgumentHelp("Only stack samples inside this span or function.", valueName: "name"))
    var function: String?

    @Flag(help: "Only stack samples of threads on a processor, or of threads that waited.")
    var threads: SampledThreads?

    @Flag(help: "Leave the spans out of flame graphs: functions alone, whatever span was open.")
    var noSpans = false

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Write to a file.", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Take names and lines of code from a program, library or debug file, or from a folder of them. May be repeated.",
            valueName: "file"))
    var symbols: [String] = []

    /// How a report is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, html, flamegraph, collapsed, speedscope, pprof

        /// Whether it shows stack samples and nothing else.
        var isOfSamples: Bool {
            switch self {
            case .text, .json, .html: false
            case .flamegraph, .collapsed, .speedscope, .pprof: true
            }
        }
    }

    /// Which threads' samples are shown.
    enum SampledThreads: String, EnumerableFlag {
        case onCPU, offCPU

        static func name(for value: SampledThreads) -> NameSpecification {
            value == .onCPU ? .customLong("on-cpu") : .customLong("off-cpu")
        }
    }

    func validate() throws {
        if let top, top < 1 { throw ValidationError("'--top \(top)': give a number from 1 on.") }
        if logs.count(where: { $0 == "-" }) > 1 { throw ValidationError("'-': standard input can be read once only.") }
    }

    func run() throws {
        let symbolFiles = symbols.isEmpty ? nil : try SymbolFiles(paths: symbols)
        var analyser = LogAnalyser(symbolSource: symbolFiles)
        for log in logs { try analyser.read(log == "-" ? .standardInput : .file(log)) }
        let report = analyser.report(sortedBy: sort, samples: selection)
        guard report.records > 0 else { throw NoRecordFound(report: report, sample: analyser.sampleOfFirstLine) }
        for complaint in symbolFiles?.complaints(about: analyser.modules) ?? [] { Main.say("--symbols: " + complaint) }
        let terminal = Terminal(ofOutput: output)
        if format == .pprof, terminal.isTerminal {
            throw ValidationError("'--format pprof' makes no text: give a file with -o.")
        }
        if format.isOfSamples, report.samples.tree.nodes.isEmpty { throw NoSampleFound(samples: report.samples) }
        let bytes = renderer(for: terminal).map { Array($0.render(report).utf8) } ?? PprofRenderer().encoded(report)
        try OutputFile.write(bytes, to: output)
    }

    private var selection: SampleSelection {
        let chosen: SampleSelection.Threads =
            switch threads {
            case nil: .all
            case .onCPU: .onCPU
            case .offCPU: .offCPU
            }
        return SampleSelection(threads: chosen, function: function, isBySpan: !noSpans)
    }

    /// The renderer of a format that is text; nil for pprof.
    private func renderer(for terminal: Terminal) -> (any Renderer)? {
        switch format {
        case .flamegraph: return FlameGraphRenderer()
        case .collapsed: return CollapsedRenderer()
        case .speedscope: return SpeedscopeRenderer()
        case .pprof: return nil
        case .json: return JSONRenderer(top: top)
        case .html: return HTMLRenderer()
        case .text: return TextRenderer(width: terminal.columns, usesColor: terminal.usesColor, top: top ?? 10)
        }
    }
}

extension SortKey: ExpressibleByArgument {}
#else
#error(
    "trace-report needs the trait Tools of the package hoofprint: add it to the traits of the dependency, as in .package(url: …, traits: [\"Tools\"]), or build with --traits Tools"
)
#endif

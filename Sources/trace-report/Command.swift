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
            flamegraph (a page for a browser), collapsed (for flamegraph.pl), speedscope and pprof hold them, or the \
            self time of spans by call path: see --of. The formats chrome (for Perfetto) and otlp (OTLP/JSON, for \
            collectors of OpenTelemetry) hold the requests whose spans are all in the log.
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

    @Option(
        name: .customLong("of"),
        help: ArgumentHelp(
            "What flamegraph, collapsed, speedscope and pprof show. (default: samples where there are any, else spans)",
            valueName: "what"))
    var content: ProfileContent?

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
        case text, json, flamegraph, collapsed, speedscope, pprof, chrome, otlp

        /// Whether it is made of stacks: ``Command/content`` says of which.
        var isOfStacks: Bool {
            switch self {
            case .text, .json, .chrome, .otlp: false
            case .flamegraph, .collapsed, .speedscope, .pprof: true
            }
        }

        /// Whether it shows requests, one by one.
        var isOfRequests: Bool { self == .chrome || self == .otlp }
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
        if content == .spans, threads != nil || noSpans {
            throw ValidationError("'--of spans': --on-cpu, --off-cpu and --no-spans select samples; leave them out.")
        }
        if content != nil, !format.isOfStacks {
            throw ValidationError("'--of': '--format \(format.rawValue)' has no choice of it.")
        }
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
        let renderer = renderer(for: terminal, of: try content(of: report))
        if !renderer.isText, terminal.isTerminal {
            throw ValidationError("'--format \(format.rawValue)' makes no text: give a file with -o.")
        }
        try OutputFile.write(renderer.encoded(report), to: output)
    }

    /// Returns what formats of stacks show.
    private func content(of report: Report) throws -> ProfileContent {
        if format.isOfRequests, report.requests.isEmpty { throw NothingToExport.requests }
        guard format.isOfStacks else { return .spans }
        let selectsSamples = threads != nil || function != nil || noSpans
        let chosen = content ?? (selectsSamples ? .samples : ProfileContent.preferred(for: report))
        if !chosen.isPresent(in: report) {
            if chosen == .samples { throw NoSampleFound(samples: report.samples) }
            throw NothingToExport.spans
        }
        if content == nil {
            Main.say("showing \(chosen == .spans ? "the self time of spans" : "stack samples"); --of says which")
        }
        return chosen
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

    private func renderer(for terminal: Terminal, of content: ProfileContent) -> any Renderer {
        switch format {
        case .flamegraph: return FlameGraphRenderer(of: content)
        case .collapsed: return CollapsedRenderer(of: content)
        case .speedscope: return SpeedscopeRenderer(of: content)
        case .pprof: return PprofRenderer(of: content)
        case .chrome: return ChromeRenderer()
        case .otlp: return OTLPRenderer()
        case .json: return JSONRenderer(top: top)
        case .text: return TextRenderer(width: terminal.columns, usesColor: terminal.usesColor, top: top ?? 10)
        }
    }
}

extension ProfileContent: ExpressibleByArgument {}
extension SortKey: ExpressibleByArgument {}
#else
#error(
    "trace-report needs the trait Tools of the package hoofprint: add it to the traits of the dependency, as in .package(url: …, traits: [\"Tools\"]), or build with --traits Tools"
)
#endif

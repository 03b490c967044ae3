#if Tools
import ArgumentParser
import CommandOutput
import PackageVersion
import TraceReport
import TraceSymbols

/// The command line of trace-report.
struct Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace-report",
        abstract: "Ranks the slow functions that Hoofprint recorded in a server's log.",
        usage: "trace-report <log> ... [<options>]",
        discussion: """
            Examples:
              trace-report server.log
              trace-report server.log --rotated --sort p99 --top 20
              trace-report server.log --explain image.decode
              trace-report server.log --since -15m
              trace-report server.log --requests --root 'POST /*'
              trace-report server.log --tree --format csv -o tree.csv
              trace-report new.log --compare old.log --fail-on-regression 10%
              trace-report server.log --fail-if 'p99(POST /images) > 200ms' --fail-if 'errors(*) > 1%'

            Logs may be given in any order, several of one process or of many, as they are or packed by gzip or zstd. A \
            folder stands for the logs in it. Lines that are no records are passed over; what is lost or damaged is \
            counted and said.

            A function goes by the name of its span or by its own, as in 'image.decode', 'decode(_:)', 'image.*'.

            Stack samples, where the program took any (HOOFPRINT_SAMPLE), are in the text and in the JSON. The formats \
            flamegraph (a page for a browser), collapsed (for flamegraph.pl), speedscope and pprof hold them, or the \
            self time of spans by call path: see --of. The formats chrome (for Perfetto) and otlp (OTLP/JSON, for \
            OpenTelemetry's collector) hold the requests whose spans are all in the log.

            Conditions of --fail-if are total, self, cpu, wait, p50, p95, p99, max, count or errors of a function, or lost, \
            then >, >=, < or <=, then a number with ns, µs, us, ms, s, m, h or %. Each function that is meant is looked at; \
            a name that is nobody's is wrong usage.

            Exit status: 0 a report was written; 1 no record was found, or nothing of the name that was given; \
            2 wrong usage; 3 a report was written, and a condition of --fail-if holds or something got worse by \
            --fail-on-regression; 66 a log cannot be read; 74 the report cannot be written.
            """,
        version: "trace-report \(packageVersion) (reads record format 1)")

    @OptionGroup
    var input: InputOptions

    @OptionGroup
    var previewing: PreviewOptions

    @Option(help: "What to sort by, largest first.")
    var sort: SortKey = .selfTime

    @Option(
        help: """
            How many functions, requests or stretches of time to show. (default: as text 10 functions, 5 requests, 20 \
            open ones, 30 stretches; else all)
            """)
    var top: Int?

    @OptionGroup(title: "Following")
    var follow: FollowOptions

    @OptionGroup(title: "Views, in place of the first screen")
    var views: ViewOptions

    @OptionGroup(title: "Comparing, and conditions for scripts")
    var comparing: ComparisonOptions

    @OptionGroup(title: "Selection")
    var selection: SelectionOptions

    @OptionGroup(title: "Many machines")
    var partial: PartialOptions

    @OptionGroup(title: "What else was recorded")
    var beside: EvidenceOptions

    @OptionGroup(title: "Output")
    var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "Take names and lines of code from a program, library or debug file, or from a folder of them. May be repeated.",
            valueName: "file"), completion: .file())
    var symbols: [String] = []

    func validate() throws {
        if let top, top < 1 { throw ValidationError("--top \(top): give a number from 1 on") }
        if (input.logs + comparing.baseline).count(where: { $0 == "-" }) > 1 {
            throw ValidationError("'-': standard input can be read once only")
        }
        try follow.check(selection, comparing, beside, output)
        try beside.check(views, comparing, output.format)
        try partial.check(self)
        try comparing.check(format: output.format, hasView: views.hasAny)
        try views.check(for: output.format)
        try output.check(selectsSamples: selection.selectsSamples)
    }

    func run() throws {
        if partial.isWritten { return try partial.write(of: input, to: output.file) }
        let symbolFiles = symbols.isEmpty ? nil : try SymbolFiles(paths: symbols)
        if follow.isOn {
            var run = try FollowRun(self, symbols: symbolFiles)
            return try run.run()
        }
        if !comparing.baseline.isEmpty { return try compare(symbolFiles) }
        let report = try report(of: input, selection, symbolFiles, isOfSamples: isOfSamples)
        let failures = try comparing.failures(of: report, nil)
        try OutputFile.write(try encoded(report, for: Terminal(ofOutput: output.file)), to: output.file)
        if !failures.isEmpty { throw GatesFailed(failures: failures) }
    }

    /// Whether the first screen is shown, for which some of the logs tells much of it.
    private var hasPreview: Bool {
        previewing.preview && !input.quiet && output.format == .text && output.file == nil && !views.hasAny
            && comparing.baseline.isEmpty && selection.since == nil && selection.until == nil
    }

    /// Whether stack samples are shown and nothing else.
    private var isOfSamples: Bool { output.format.kind == .stacks && output.content != .spans }

    /// Returns a report as it is written.
    func encoded(_ report: Report, for terminal: Terminal) throws -> [UInt8] {
        let content = try output.content(of: report, selectsSamples: selection.selectsSamples)
        let view = try views.view(of: report, top: top)
        let renderer = output.format.renderer(of: content, view: view, top: top, for: terminal)
        if !renderer.isText, terminal.isTerminal {
            throw ValidationError("--format \(output.format.rawValue) makes no text: give a file with -o")
        }
        return renderer.encoded(report)
    }

    /// Returns the report of what has been read.
    func report(of analyser: LogAnalyser) throws -> Report {
        try report(of: analyser, selection, isOfSamples: isOfSamples, ringsAreTold: false)
    }

    private func compare(_ symbolFiles: SymbolFiles?) throws {
        // A stretch of time is one of the newer log: the older one is of another.
        var whole = selection
        (whole.since, whole.until) = (nil, nil)
        var older = input
        older.logs = comparing.baseline
        let before = try report(of: older, whole, symbolFiles, isOfSamples: false)
        let after = try report(of: input, selection, symbolFiles, isOfSamples: false)
        let comparison = Comparison(of: before, with: after)
        let failures = try comparing.failures(of: after, comparison)
        let terminal = Terminal(ofOutput: output.file)
        let encoded = output.format.encoded(comparison, of: (before, after), top: top, for: terminal)
        try OutputFile.write(encoded, to: output.file)
        if !failures.isEmpty { throw GatesFailed(failures: failures) }
    }

    private func report(
        of input: InputOptions, _ selection: SelectionOptions, _ symbolFiles: SymbolFiles?, isOfSamples: Bool
    ) throws -> Report {
        let tellsOfRings = comparing.baseline.isEmpty && output.format.tellsOfRings(hasView: views.hasAny)
        let files = try input.files(readsRings: views.open, tellsOfRings: tellsOfRings)
        let clocks = try selection.clocks(of: files.inputs)
        var analyser = LogAnalyser(symbolSource: symbolFiles, clocks: clocks)
        let preview = hasPreview ? try PreviewScreen(self, files.inputs, symbolSource: symbolFiles) : nil
        let read = Result { () throws(LogReadError) in try input.read(files, into: &analyser, below: preview) }
        try preview?.remove()
        try read.get()
        analyser.leftRings = files.rings
        analyser.evidence = try beside.evidence(for: files, selection, clocks: clocks)
        let report = try report(
            of: analyser, selection, isOfSamples: isOfSamples, ringsAreTold: !tellsOfRings && !input.quiet)
        for complaint in symbolFiles?.complaints(about: analyser.modules) ?? [] { Main.say("--symbols: " + complaint) }
        return report
    }

    private func report(
        of analyser: LogAnalyser, _ selection: SelectionOptions, isOfSamples: Bool, ringsAreTold: Bool
    ) throws -> Report {
        let report = try selection.report(
            of: analyser, sortedBy: sort, isOfSamples: isOfSamples, isBySpan: !output.noSpans)
        guard report.records > 0 else {
            throw NoRecordFound(report: report, sample: analyser.sampleOfFirstLine, ringsAreTold: ringsAreTold)
        }
        return report
    }
}

/// The options that say how the report is written, and where.
struct OutputOptions: ParsableArguments {
    @Option(help: "How to write the report.")
    var format: Format = .text

    @Option(
        name: .customLong("of"),
        help: ArgumentHelp(
            "What flamegraph, collapsed, speedscope and pprof show. (default: samples where there are any, else spans)",
            valueName: "what"))
    var content: ProfileContent?

    @Flag(help: "Leave the spans out of flame graphs: functions alone, whatever span was open.")
    var noSpans = false

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Write to a file.", valueName: "file"), completion: .file())
    var file: String?
}

extension OutputOptions {
    /// Finds out whether the options go together.
    func check(selectsSamples: Bool) throws(ValidationError) {
        if let content, format.kind != .stacks {
            throw ValidationError("--of \(content.rawValue): --format \(format.rawValue) has no choice of it")
        }
        if content == .spans, selectsSamples || noSpans {
            throw ValidationError(
                "--of spans: --function, --on-cpu, --off-cpu and --no-spans choose samples; leave them out")
        }
    }

    /// Returns what formats of stacks show of a report, and says so where it was not asked for.
    func content(of report: Report, selectsSamples: Bool) throws -> ProfileContent {
        // Perfetto shows what had not ended, and counters, too.
        let hasOthers = format == .chrome && (!report.open.isEmpty || report.timeline.windowCount > 0)
        if format.kind == .requests, report.requests.isEmpty, !hasOthers { throw NothingToExport.requests }
        guard format.kind == .stacks else { return .spans }
        let chosen = content ?? (selectsSamples || noSpans ? .samples : .preferred(for: report))
        guard chosen.isPresent(in: report) else {
            if chosen == .samples { throw NoSampleFound(samples: report.samples) }
            throw NothingToExport.spans
        }
        if content == nil {
            Main.say("this is of \(chosen == .spans ? "the self time of spans" : "stack samples"); see --of")
        }
        return chosen
    }
}

extension SortKey: ExpressibleByArgument {}
extension ProfileContent: ExpressibleByArgument {}
#else
#error(
    "trace-report needs the trait Tools of the package hoofprint: add it to the traits of the dependency, as in .package(url: …, traits: [\"Tools\"]), or build with --traits Tools"
)
#endif

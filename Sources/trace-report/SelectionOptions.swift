#if Tools
import ArgumentParser
import TraceReport

/// The options that choose a part of the logs.
struct SelectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only requests of these roots; * stands for any text.", valueName: "name"))
    var root: String?

    @Option(
        help: ArgumentHelp(
            "Only these functions are ranked, and only stack samples inside them are shown.", valueName: "name"))
    var function: String?

    @Option(
        help: ArgumentHelp("Only these processes: an id, a program's or host's name, a session.", valueName: "process"))
    var process: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Only what was flushed after this time: 2026-11-26T14:00:00Z, 14:00 (UTC, on the last day), or -15m before the end.",
            valueName: "time"))
    var since: TimeArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only what was flushed up to this time, given in the same ways.", valueName: "time"))
    var until: TimeArgument?

    @Flag(help: "Only stack samples of threads on a processor, or of threads that waited.")
    var threads: SampledThreads?

    /// Which threads' samples are shown.
    enum SampledThreads: String, EnumerableFlag {
        case onCPU, offCPU

        static func name(for value: SampledThreads) -> NameSpecification {
            value == .onCPU ? .customLong("on-cpu") : .customLong("off-cpu")
        }
    }

    /// Whether a part of the stack samples is selected.
    var selectsSamples: Bool { threads != nil || function != nil }

    /// Finds the records of the stretch of time that is asked for; nil: all are.
    func clocks(of inputs: [LogInput]) throws -> ClockReader? {
        guard since != nil || until != nil else { return nil }
        var newest: UInt64?
        if since?.needsEnd == true || until?.needsEnd == true {
            newest = try clocks(of: inputs, TimeStretch()).clocks?.upperBound
        }
        let stretch = TimeStretch(
            since: since?.wallNanoseconds(end: newest), until: until?.wallNanoseconds(end: newest))
        if let since = stretch.since, let until = stretch.until, since >= until {
            throw ValidationError("--since is not before --until: there is nothing between")
        }
        let found = try clocks(of: inputs, stretch)
        if let clocks = found.clocks,
            clocks.upperBound <= stretch.since ?? 0 || clocks.lowerBound > stretch.until ?? .max
        {
            throw NothingFlushed(clocks: clocks)
        }
        return found
    }

    private func clocks(of inputs: [LogInput], _ stretch: TimeStretch) throws -> ClockReader {
        var reader = ClockReader(stretch)
        for input in inputs { try reader.read(input) }
        return reader
    }

    /// Returns the report of what is selected.
    ///
    /// - Parameters:
    ///   - key: What functions are sorted by.
    ///   - isOfSamples: Whether stack samples are shown and nothing else; functions may then be any, not those of spans alone.
    ///   - isBySpan: Whether samples are told apart by span.
    func report(
        of analyser: LogAnalyser, sortedBy key: SortKey, isOfSamples: Bool, isBySpan: Bool
    ) throws(NothingSelected) -> Report {
        let samples = samples(isBySpan: isBySpan)
        var selection = ReportSelection(root: root, function: isOfSamples ? nil : function, process: process)
        let report = analyser.report(sortedBy: key, samples: samples, selection: selection)
        // Without a record there is nothing to select from.
        guard report.records > 0 else { return report }
        try check(report.selected.process, "--process", "session")
        try check(report.selected.root, "--root", "root")
        guard report.selected.function?.matched == 0 else { return report }
        if report.samples.tree.nodes.isEmpty { try check(report.selected.function, "--function", "function") }
        // It is a function of the code, which samples know and spans do not.
        selection.function = nil
        return analyser.report(sortedBy: key, samples: samples, selection: selection)
    }

    private func samples(isBySpan: Bool) -> SampleSelection {
        let chosen: SampleSelection.Threads =
            switch threads {
            case nil: .all
            case .onCPU: .onCPU
            case .offCPU: .offCPU
            }
        return SampleSelection(threads: chosen, function: function, isBySpan: isBySpan)
    }

    private func check(_ match: SelectionMatch?, _ option: String, _ noun: String) throws(NothingSelected) {
        if let match, match.matched == 0 { throw NothingSelected(option: option, noun: noun, match: match) }
    }
}
#endif

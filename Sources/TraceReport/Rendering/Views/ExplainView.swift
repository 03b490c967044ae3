import TraceLog

/// Everything that is known of functions.
public struct ExplainView: ReportView {
    /// The functions in question.
    public let places: [FunctionPlace]

    /// Makes the view.
    public init(_ places: [FunctionPlace]) {
        self.places = places
    }

    /// Returns what is known of each function.
    public func lines(of report: Report, in layout: TextLayout) -> [String] {
        let functions = places.compactMap { place in report.functions.first { $0.place == place } }
        let graphs = [CallsView.Direction.callers, .callees].map { direction in
            Explanation.Graph(direction: direction, graph: CallGraph(report.tree, direction, of: places))
        }
        return Array(
            Finding.of(functions, in: report)
                .map { Explanation(finding: $0, report: report, graphs: graphs, layout: layout).lines() }
                .joined(separator: [""]))
    }
}

/// What is known of a function.
private struct Explanation {
    /// Edges of one direction, of all functions that are explained.
    struct Graph {
        let direction: CallsView.Direction
        let graph: CallGraph
    }

    let finding: Finding
    let report: Report
    let graphs: [Graph]
    let layout: TextLayout

    private static let shownRequests = 5
    private static let shownFunctions = 8
    private static let shownStacks = 3
    private static let shownLines = 3
    private static let shownErrors = 10
    private static let shownSystemCalls = 12

    private var function: FunctionSummary { finding.function }

    func lines() -> [String] {
        let head =
            [PlaceLine.heading(function.place, layout)] + PlaceLine.totals(of: function.place, in: report, layout)
        let sections = [
            head + flow(FindingWords(finding).sentencesWithoutShare + whatIf),
            section("DURATIONS", durations), overTime, edges, systemCalls, requests, resources, samples, errors,
        ]
        return Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    private var whatIf: [String] { FindingWords.whatIf(finding, in: report).map { [$0] } ?? [] }

    private func flow(_ items: some Sequence<String>) -> [String] {
        TextLayout.flow(Array(items), width: layout.width, separator: " ")
    }

    private func duration(_ nanoseconds: UInt64?) -> String { nanoseconds.map(Quantity.duration) ?? "?" }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : [layout.style.strong(title)] + lines
    }

    private var series: Timeline.FunctionSeries? {
        report.timeline.functions.first { $0.place == function.place }
    }

    /// Percentiles, and the histogram as bars.
    private var durations: [String] {
        var items = [
            "p50 \(duration(function.p50Nanoseconds))", "p95 \(duration(function.p95Nanoseconds))",
            "p99 \(duration(function.p99Nanoseconds))",
        ]
        if let interval = function.p99Interval {
            items[2] += " (95% interval \(duration(interval.lowerBound))–\(duration(interval.upperBound)))"
        }
        let all = series.map { $0.sum(of: 0..<report.timeline.windowCount).durations } ?? DurationHistogram()
        items.append("longest \(duration(function.maximumNanoseconds))")
        return TextLayout.flow(items, width: layout.width) + HistogramBars(all).lines(in: layout)
    }

    private var overTime: [String] {
        let timeline = report.timeline
        guard let series, timeline.windowCount > 1 else { return [] }
        let slices = timeline.slices(atMost: 40).map { series.sum(of: $0.windows) }
        let percentiles = slices.map { $0.durations.nanoseconds(at: 0.99) }
        let words = EpisodeWords(timeline: timeline)
        let lines = [
            "p99    " + TextLayout.sparkline(percentiles) + "  up to " + duration(percentiles.compactMap { $0 }.max()),
            "calls  " + TextLayout.sparkline(slices.map(\.count)) + "  up to "
                + Quantity.count(slices.map(\.count).max() ?? 0),
        ]
        return section("OVER TIME  \(timeline.text(of: 0..<timeline.windowCount)) UTC", lines)
            + finding.episodes.flatMap { flow(words.pieces(of: $0)) }
    }

    private var edges: [String] {
        guard !report.tree.nodes.isEmpty else { return [] }
        let lists = graphs.map { graph in
            EdgeList(direction: graph.direction, layout: layout).lines(graph.graph.edges(of: function.place))
        }
        return Array(lists.joined(separator: [""]))
    }

    /// The slowest requests it was part of.
    private var requests: [String] {
        let names = ProcessNames(report)
        let containing = report.requests.filter { $0.spans.contains { $0.place == function.place } }
        let lines = containing.prefix(Self.shownRequests).map { request in
            let calls = request.spans.count { $0.place == function.place }
            let part = CriticalPath(of: request).parts.first { $0.place == function.place }
            let waited = part.map { "waited \(duration($0.nanoseconds)) (\(Quantity.percent($0.share))) for it" }
            let items = [
                TextLayout.rightAligned(duration(request.durationNanoseconds), in: 9),
                WallTime(nanoseconds: request.startWallNanoseconds).milliseconds,
                waited ?? "did not wait for it", "in " + Quantity.counted(UInt64(calls), "call"),
                TextLayout.name(request.spans.first?.place.name ?? "", columns: 24),
                names.text(ofSession: request.session),
            ]
            // What does not fit is left out from the end.
            return TextLayout.flow(items, width: layout.width)[0]
        }
        return section("SLOWEST REQUESTS with it", lines)
    }

    private var samples: [String] {
        guard let samples = report.samples.inside(function) else { return [] }
        let groups = [(samples.onCPU, "on a CPU"), (samples.offCPU, "waiting")].filter { $0.0.samples > 0 }
        let lists = groups.flatMap { group, title in
            ["\(Quantity.counted(group.samples, "sample")) \(title):"]
                + group.functions.prefix(Self.shownFunctions).flatMap { [line(of: $0, in: group)] + hotLines(of: $0) }
        }
        let stacks = HotStacks(report.samples.tree, inside: function.place, atMost: Self.shownStacks).lines(in: layout)
        return section(
            "STACK SAMPLES in its own code", lists + (stacks.isEmpty ? [] : ["Their most frequent stacks:"] + stacks))
    }

    /// What a request of it used beside time, where it is a root.
    private var resources: [String] {
        guard let usage = report.resources.roots.first(where: { $0.place == function.place }), usage.requests > 0
        else { return [] }
        let counts: [(UInt64, String)] = [
            (usage.voluntarySwitches, "times a thread waited"), (usage.involuntarySwitches, "times it lost the CPU"),
            (usage.minorFaults, "page faults"), (usage.majorFaults, "page faults that waited for a disk"),
            (usage.blocksIn, "blocks read"), (usage.blocksOut, "blocks written"),
        ]
        let items = counts.filter { $0.0 > 0 }.map { count, what in
            Quantity.number(Double(count) / Double(usage.requests)) + " " + what
        }
        let separated = items.enumerated().map { $0.offset == items.count - 1 ? $0.element : $0.element + "," }
        return section("A REQUEST USED on average, on the threads of its sync spans", flow(separated))
    }

    /// What was recorded beside the logs.
    private var systemCalls: [String] {
        guard let evidence = finding.evidence else { return [] }
        let words = FunctionEvidenceWords(evidence: evidence, sources: finding.sources)
        return section("SYSTEM CALLS with what it called", words.table(in: layout, atMost: Self.shownSystemCalls))
    }

    private func line(of hot: HotFunction, in group: SampleGroup) -> String {
        let share = Quantity.percent(Double(hot.own) / Double(group.samples))
        let start =
            TextLayout.rightAligned(Quantity.count(hot.own), in: 9) + TextLayout.rightAligned(share, in: 6)
            + TextLayout.rightAligned(SampleWords.interval(hot.own, of: group.samples), in: 10) + "  "
        let name = SampleWords.name(of: hot, columns: layout.width - start.count)
        let rest = layout.width - start.count - SafeText.columns(of: name) - 2
        let place = hot.frame.file.isEmpty || rest < 16 ? "" : TextLayout.name(hot.frame.file, columns: rest)
        return start + name + (place.isEmpty ? "" : "  " + layout.style.dim(place))
    }

    /// Where in a function it was seen; nothing where no debug information tells.
    private func hotLines(of hot: HotFunction) -> [String] {
        let shown = hot.lines.prefix(Self.shownLines).filter { $0.samples >= max(2, hot.own / 20) }
        let words = shown.map { "\($0.line) (\(Quantity.percent(Double($0.samples) / Double(hot.own))))" }
        guard !words.isEmpty else { return [] }
        let text = (words.count == 1 ? "line " : "lines ") + words.joined(separator: ", ")
        let start = String(repeating: " ", count: 27)
        return [start + SafeText.middleTruncated(text, to: layout.width - start.count)]
    }

    private var errors: [String] {
        let lines = function.errorTypes.prefix(Self.shownErrors).map { error in
            TextLayout.rightAligned(Quantity.count(error.count), in: 9) + "  "
                + TextLayout.name(error.type, columns: layout.width - 11)
        }
        return section("ERRORS", lines)
    }
}

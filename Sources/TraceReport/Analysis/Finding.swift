/// A function worth fixing first, and what is known about why it takes its time.
struct Finding: Equatable {
    let function: FunctionSummary
    let nature: FunctionNature
    /// How often a request calls it, where that is at least five times.
    let callsPerRequest: Double?
    /// The root under which most of its own time was spent, with its part of it; nil where it is that root itself.
    var mainRoot: RootShares.Main?
    /// The functions through which most of its own time goes; nil where there are none, or many ways.
    var way: RootShares.Way?
    /// When it was unlike itself.
    var episodes: [Episode] = []
    /// What was found beside the logs.
    var evidence: FunctionEvidence?
    /// Where that is from.
    var sources: [Evidence.Source] = []

    init(_ function: FunctionSummary, _ nature: FunctionNature) {
        self.function = function
        self.nature = nature
        callsPerRequest = function.callsPerRequest.flatMap { $0 >= 5 ? $0 : nil }
    }

    /// Returns up to three functions with the most time in their own code that compute or wait, and one that awaits: the first,
    /// and others from 5 % on.
    ///
    /// What is awaited is often recorded too, on another thread: several that await would push out what they wait for. A loop
    /// that awaits its work for as long as the process lives is left out, unless there is nothing else.
    static func first(of report: Report) -> [Finding] {
        let ranked = report.functions.sorted(by: SortKey.selfTime.areInOrder).enumerated()
            .prefix { $0.element.selfNanoseconds > 0 && ($0.offset == 0 || $0.element.share >= 0.05) }.map(\.element)
        let natures = FunctionNatures(report)
        var room = (awaiting: 1, others: 3)
        let functions = ranked.filter { function in
            guard natures.nature(of: function).likely == .awaits else {
                room.others -= 1
                return room.others >= 0
            }
            guard function.count > 1 || function.rootCalls > 0 else { return false }
            room.awaiting -= 1
            return room.awaiting >= 0
        }
        return of(functions.isEmpty ? Array(ranked.prefix(1)) : functions, in: report)
    }

    /// Returns what is known about functions of a report.
    static func of(_ functions: [FunctionSummary], in report: Report) -> [Finding] {
        let roots = RootShares(report.tree, of: functions.map(\.place))
        let search = EpisodeSearch(report.timeline)
        let natures = FunctionNatures(report)
        return functions.map { function in
            var finding = Finding(function, natures.nature(of: function))
            finding.mainRoot = roots.main(of: function.place)
            finding.way = roots.way(to: function.place)
            finding.episodes = search.episodes(of: function.place)
            finding.evidence = report.evidence.of(function.place)
            finding.sources = report.evidence.sources
            return finding
        }
    }
}

extension FunctionSummary {
    /// How often a request calls it, over the requests of all roots that it was called under; nil where it is such a root itself.
    var callsPerRequest: Double? { rootCalls == 0 ? nil : Double(count) / Double(rootCalls) }
}

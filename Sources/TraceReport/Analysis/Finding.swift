/// A function worth fixing first, and what is known about why it takes its time.
struct Finding: Equatable {
    let function: FunctionSummary
    let nature: FunctionNature
    /// How often a request calls it, where that is at least five times.
    let callsPerRequest: Double?
    /// Its part of the recorded CPU time, where it is listed for that.
    var shareOfCPU: Double?
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
    /// and others from 5 % on. Then the one that computes most, if it is none of them.
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
        var findings = of(functions.isEmpty ? Array(ranked.prefix(1)) : functions, in: report)
        if let busiest = busiest(of: report), !findings.contains(where: { $0.function.place == busiest.function.place })
        {
            findings += of([busiest.function], in: report).map { finding in
                var finding = finding
                finding.shareOfCPU = busiest.share
                return finding
            }
        }
        return findings
    }

    /// The function with the most CPU time in its own code, if it is a quarter of all that is known and keeps a twentieth of a
    /// processor busy.
    ///
    /// Where many requests wait at once, their time makes what one of them computes look like little, and it is what the others
    /// cannot use.
    private static func busiest(of report: Report) -> (function: FunctionSummary, share: Double)? {
        guard let most = report.functions.max(by: { $0.selfCPUNanoseconds < $1.selfCPUNanoseconds }) else { return nil }
        let all = report.functions.reduce(0) { $0 + Double($1.selfCPUNanoseconds) }
        let processes = report.processes.reduce(0) { $0 + $1.seconds(in: report.stretch) }
        let share = Double(most.selfCPUNanoseconds) / all
        guard share >= 0.25, Double(most.selfCPUNanoseconds) / 1e9 >= 0.05 * processes else { return nil }
        return (most, share)
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

extension ProcessSummary {
    /// For how long it lived within a stretch of time, as far as its log tells, in seconds.
    fileprivate func seconds(in stretch: TimeStretch) -> Double {
        let start = max(startWallNanoseconds, stretch.since ?? 0)
        let end = min(endWallNanoseconds ?? start, stretch.until ?? .max)
        return end > start ? Double(end - start) / 1e9 : 0
    }
}

extension FunctionSummary {
    /// How often a request calls it, over the requests of all roots that it was called under; nil where it is such a root itself.
    var callsPerRequest: Double? { rootCalls == 0 ? nil : Double(count) / Double(rootCalls) }
}

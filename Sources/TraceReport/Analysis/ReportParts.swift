import TraceLog

/// The parts of a report that are gathered session by session.
struct ReportParts {
    var functions = FunctionTable()
    private var totals = FunctionTotals()
    private var tree = TreeTotals()
    private var requests: RequestList
    private var open = OpenSpanList()
    private var resources = ResourceTotals()
    private var timeline = TimelineTotals()
    private var samples: SampleTotals
    private var evidence: EvidenceTotals

    init(samples selection: SampleSelection, evidence: Evidence, limits: Limits) {
        self.evidence = EvidenceTotals(evidence)
        requests = RequestList(limits: limits)
        samples = SampleTotals(selection: selection, limits: limits)
    }

    /// Adds what is selected of one session.
    mutating func add(_ paths: SessionPaths) {
        totals.add(paths, functions)
        tree.add(paths)
        requests.add(paths)
        open.add(paths)
        resources.add(paths)
        timeline.add(paths)
        evidence.add(paths)
        samples.add(paths.session, where: paths.isSelected(id:))
    }

    /// Writes them into a report, whose functions are sorted by its key.
    consuming func fill(_ report: inout Report) {
        report.samples = samples.finished()
        report.cyclicPaths = totals.cyclicPaths
        report.unnamedPaths = totals.unnamedPaths
        report.staleHistograms = totals.staleHistograms
        if !totals.hasAsyncPaths, totals.rootCPUNanoseconds > 0, totals.recordingNanoseconds > 0 {
            report.tracingShare = min(1, totals.recordingNanoseconds / Double(totals.rootCPUNanoseconds))
        }
        report.functions = totals.finished().sorted(by: report.sortKey.areInOrder)
        report.selfNanoseconds = report.functions.reduce(0) { saturatingSum($0, $1.selfNanoseconds) }
        report.tree = tree.finished(functions)
        report.requests = requests.finished()
        report.open = open.finished()
        report.resources = resources.finished()
        report.timeline = timeline.finished(functions)
        report.evidence.functions = evidence.finished(functions)
    }
}

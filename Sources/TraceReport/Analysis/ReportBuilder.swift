import TraceLog

/// Makes a report of sessions.
struct ReportBuilder {
    private var inputs: [InputSummary]
    private let sessions: [SessionModel]
    private let key: SortKey
    private let selection: SampleSelection
    private let limits: Limits

    init(
        inputs: [InputSummary], sessions: [SessionModel], sortedBy key: SortKey, samples selection: SampleSelection,
        limits: Limits
    ) {
        self.inputs = inputs
        self.sessions = sessions
        self.key = key
        self.selection = selection
        self.limits = limits
    }

    /// Returns the report.
    consuming func report() -> Report {
        var report = Report(sortKey: key)
        var totals = FunctionTotals()
        var samples = SampleTotals(selection: selection, limits: limits)
        for session in sessions {
            guard let announcement = session.announcement else {
                for (input, records) in session.recordsByInput { inputs[input].forged += records }
                continue
            }
            for (input, records) in session.recordsByInput { inputs[input].records += records }
            let missing = session.sequences.missing
            inputs[session.firstInput].lost = saturatingSum(inputs[session.firstInput].lost, missing)
            inputs[session.firstInput].lostBeforeStart = saturatingSum(
                inputs[session.firstInput].lostBeforeStart, session.sequences.lowest ?? 0)
            report.processes.append(process(session, announcement))
            add(session.drops?.value, to: &report.drops)
            totals.add(session)
            samples.add(session)
        }
        report.inputs = inputs
        report.processes.sort { ($0.startWallNanoseconds, $0.session) < ($1.startWallNanoseconds, $1.session) }
        report.samples = samples.finished()
        report.cyclicPaths = totals.cyclicPaths
        report.unnamedPaths = totals.unnamedPaths
        report.staleHistograms = totals.staleHistograms
        if !totals.hasAsyncPaths, totals.rootCPUNanoseconds > 0, totals.recordingNanoseconds > 0 {
            report.tracingShare = min(1, totals.recordingNanoseconds / Double(totals.rootCPUNanoseconds))
        }
        report.functions = totals.finished().sorted(by: key.areInOrder)
        report.selfNanoseconds = report.functions.reduce(0) { saturatingSum($0, $1.selfNanoseconds) }
        return report
    }

    private func process(_ session: SessionModel, _ announcement: SessionRecord) -> ProcessSummary {
        ProcessSummary(
            session: session.tag, pid: announcement.pid, host: announcement.host, program: announcement.program,
            buildId: announcement.buildId, mode: announcement.mode,
            startWallNanoseconds: announcement.startWallNanoseconds,
            endWallNanoseconds: session.lastClock?.wallNanoseconds, hasEnded: session.end != nil)
    }

    private func add(_ drops: DropsRecord?, to sum: inout DropCounts) {
        guard let drops else { return }
        sum.lines = saturatingSum(sum.lines, drops.lines)
        sum.spans = saturatingSum(sum.spans, drops.spans)
        sum.paths = saturatingSum(sum.paths, drops.paths)
        sum.misused = saturatingSum(sum.misused, drops.misused)
    }
}

import TraceLog

/// Makes a report of sessions.
struct ReportBuilder {
    private var inputs: [InputSummary]
    private let sessions: [SessionModel]
    private let key: SortKey
    private let samplesSelection: SampleSelection
    private let selection: ReportSelection
    private let evidence: Evidence
    private let limits: Limits

    init(
        inputs: [InputSummary], sessions: [SessionModel], sortedBy key: SortKey, samples: SampleSelection,
        selection: ReportSelection = ReportSelection(), evidence: Evidence = Evidence(), limits: Limits
    ) {
        self.inputs = inputs
        self.sessions = sessions
        self.key = key
        samplesSelection = samples
        self.selection = selection
        self.evidence = evidence
        self.limits = limits
    }

    /// Returns the report.
    consuming func report() -> Report {
        var report = Report(sortKey: key)
        report.selection = selection
        countRecords()
        let selected = selectSessions(&report)
        var parts = ReportParts(samples: samplesSelection, evidence: evidence, limits: limits)
        let root = selection.root.map(NameGlob.init)
        var roots: Set<Int> = []
        for (session, announcement) in selected {
            report.processes.append(process(session, announcement))
            add(session.drops?.value, to: &report.drops)
            let paths = SessionPaths(session, functions: &parts.functions, root: root)
            roots.formUnion(paths.roots)
            parts.add(paths)
        }
        report.inputs = inputs
        report.evidence = EvidenceSummary(evidence)
        let shown = Set(report.processes.map(\.session))
        let doubts = SessionDoubts(sessions).found()
        report.doubts = doubts.filter { shown.contains($0.session) }
        let silence = SilentSessions(sessions, except: Set(doubts.map(\.session)))
        for index in report.processes.indices {
            report.processes[index].fellSilent = silence.tags.contains(report.processes[index].session)
        }
        report.processes.sort { ($0.startWallNanoseconds, $0.session) < ($1.startWallNanoseconds, $1.session) }
        report.selected.root = selection.root.map { pattern in
            let names = roots.map { parts.functions.places[$0] }
            return Self.match(pattern, among: names)
        }
        parts.fill(&report)
        report.selected.function = selection.function.map { Self.match($0, among: report.functions.map(\.place)) }
        if let function = selection.function.map(NameGlob.init) {
            report.functions.removeAll { !$0.place.matches(function) }
        }
        return report
    }

    /// Says of every log how many of its records count, and what it misses.
    private mutating func countRecords() {
        for session in sessions {
            guard session.announcement != nil else {
                for (input, records) in session.recordsByInput { inputs[input].forged += records }
                continue
            }
            for (input, records) in session.recordsByInput { inputs[input].records += records }
            let missing = session.sequences.missing
            inputs[session.firstInput].lost = saturatingSum(inputs[session.firstInput].lost, missing)
            inputs[session.firstInput].lostBeforeStart = saturatingSum(
                inputs[session.firstInput].lostBeforeStart, session.sequences.lowest ?? 0)
        }
    }

    /// Returns the sessions that say who they are, of the selected processes.
    private func selectSessions(_ report: inout Report) -> [(SessionModel, SessionRecord)] {
        let announced = sessions.compactMap { session in
            session.announcement.flatMap { announcement in session.withoutEarlier().map { ($0, announcement) } }
        }
        guard let text = selection.process else { return announced }
        let pattern = ProcessPattern(text)
        let selected = announced.filter { pattern.selects($0.1, tag: $0.0.tag) }
        let names = announced.lazy.flatMap { [$0.1.program, $0.1.host, String($0.1.pid)] }
        report.selected.process = SelectionMatch(
            pattern: text, matched: selected.count, known: announced.count,
            near: selected.isEmpty ? NearNames.find(text, among: names) : [])
        return selected
    }

    private static func match(_ pattern: String, among places: [FunctionPlace]) -> SelectionMatch {
        let glob = NameGlob(pattern)
        let matched = places.count { $0.matches(glob) }
        let names = places.lazy.flatMap { [$0.name, $0.function] }.filter { !$0.isEmpty }
        return SelectionMatch(
            pattern: pattern, matched: matched, known: places.count,
            near: matched == 0 ? NearNames.find(pattern, among: names) : [])
    }

    private func process(_ session: SessionModel, _ announcement: SessionRecord) -> ProcessSummary {
        ProcessSummary(
            session: session.tag, pid: announcement.pid, host: announcement.host, program: announcement.program,
            buildId: announcement.buildId, mode: announcement.mode,
            startWallNanoseconds: announcement.startWallNanoseconds,
            endWallNanoseconds: session.lastClock?.wallNanoseconds, hasEnded: session.end != nil,
            endReason: session.end?.reason, crashSignal: session.details.openSpans.crash?.record.signal,
            clockJumpNanoseconds: session.clockJumpNanoseconds)
    }

    private func add(_ drops: DropsRecord?, to sum: inout DropCounts) {
        guard let drops else { return }
        sum.lines = saturatingSum(sum.lines, drops.lines)
        sum.spans = saturatingSum(sum.spans, drops.spans)
        sum.paths = saturatingSum(sum.paths, drops.paths)
        sum.misused = saturatingSum(sum.misused, drops.misused)
        sum.clockSteps = saturatingSum(sum.clockSteps, drops.clockSteps)
    }
}

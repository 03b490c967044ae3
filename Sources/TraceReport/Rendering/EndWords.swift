/// How processes ended that did not end by themselves, and what else about them makes a report less than it seems, in words.
struct EndWords {
    let report: Report
    /// Whether the option that shows more is named.
    var namesOption = true

    /// What is said of ends, of what lies beside the logs and of clocks, each in words: a line may be broken at each.
    var paragraphs: [[String]] {
        ([ends] + LeftRingWords(rings: report.leftRings).sentences.map { [$0] } + [clock]).filter { !$0.isEmpty }
            .map { $0.joined(separator: " ").split(separator: " ").map(String.init) }
    }

    /// One sentence for each kind of end.
    private var ends: [String] {
        let groups = Dictionary(grouping: report.processes, by: end)
        var sentences = [End.crashed, .killed, .cutShort, .silent, .open].compactMap { end in
            groups[end].map { sentence(end, $0) }
        }
        let lost = (groups[.crashed] ?? []) + (groups[.killed] ?? [])
        if namesOption, hasOpenSpans(of: lost) {
            sentences.append("--open shows what \(lost.count == 1 ? "it was" : "they were") doing.")
        }
        return sentences
    }

    /// How a process ended, as far as the logs say.
    private enum End: Hashable {
        /// By itself, or by a signal that asks for it.
        case inOrder
        case crashed
        case killed
        case cutShort
        /// It may have been killed, or hang.
        case silent
        /// It may have been killed, or run.
        case open
    }

    private func end(of process: ProcessSummary) -> End {
        if process.crashSignal != nil { return .crashed }
        if let reason = process.endReason {
            return reason == "killed" ? .killed : reason == "ring file cut short" ? .cutShort : .inOrder
        }
        if process.hasEnded { return .inOrder }
        if report.leftRings.contains(where: { $0.isOf(pid: process.pid) }) { return .killed }
        return process.fellSilent ? .silent : .open
    }

    private func sentence(_ end: End, _ processes: [ProcessSummary]) -> String {
        let isOne = processes.count == 1
        let who = isOne ? "pid \(processes[0].pid)" : "\(processes.count) processes"
        switch end {
        case .inOrder: return ""
        case .crashed: return "\(who) crashed with \(signals(of: processes))."
        case .killed: return "\(who) \(isOne ? "was" : "were") killed."
        case .cutShort: return "Recording ended in \(who) when somebody cut \(isOne ? "its" : "their") ring file short."
        case .silent:
            let since = isOne ? processes[0].endWallNanoseconds.map { " after " + WallTime(nanoseconds: $0).time } : nil
            return "\(who) wrote nothing\(since ?? " more"), while others wrote on: "
                + (isOne ? "it was killed, or hangs." : "they were killed, or hang.")
        case .open:
            let when = report.stretch.until == nil ? "when the log ended" : "at the end of that time"
            return "\(who) \(isOne ? "was" : "were") still running, or \(isOne ? "was" : "were") killed, \(when)."
        }
    }

    /// `SIGSEGV and SIGABRT`.
    private func signals(of processes: [ProcessSummary]) -> String {
        Set(processes.compactMap(\.crashSignal)).sorted().map(SignalName.text).joined(separator: " and ")
    }

    /// `crashed with SIGSEGV`, `was killed`, `was ended by SIGTERM`; nil where it ran when the log ended, as far as is known.
    private func words(for process: ProcessSummary) -> String? {
        switch end(of: process) {
        case .crashed: "crashed with \(signals(of: [process]))"
        case .killed: "was killed"
        case .inOrder where process.endReason?.hasPrefix("SIG") == true:
            "was ended by \(TextLayout.name(process.endReason ?? "", columns: 12))"
        case .inOrder, .cutShort, .silent, .open: nil
        }
    }

    /// The same by session, of those that have such words.
    var ofSessions: [UInt64: String] {
        var words: [UInt64: String] = [:]
        for process in report.processes { words[process.session] = self.words(for: process) }
        return words
    }

    private func hasOpenSpans(of processes: [ProcessSummary]) -> Bool {
        let sessions = Set(processes.map(\.session))
        return report.open.contains { sessions.contains($0.session) }
    }

    /// `While pid 5 ran, its wall clock jumped by 1h: times of day may be off by that, durations are not.`
    private var clock: [String] {
        let jumped = report.processes.filter { $0.clockJumpNanoseconds > 0 }
        guard let most = jumped.map(\.clockJumpNanoseconds).max() else { return [] }
        let (who, by) = jumped.count == 1 ? ("pid \(jumped[0].pid)", "by") : ("\(jumped.count) processes", "by up to")
        return [
            "While \(who) ran, the wall clock jumped \(by) \(Quantity.duration(most)):",
            "times of day may be off by that, durations are not.",
        ]
    }
}

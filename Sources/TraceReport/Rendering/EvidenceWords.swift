import TraceLog

/// What was recorded beside the logs, in sentences.
struct EvidenceWords {
    let evidence: EvidenceSummary

    /// `strace: 1,782 calls of 560ms on 9 threads; 62% of that time is joined to spans, 30% was while no sync span was open.` In
    /// pieces, between which a line may be broken.
    var notes: [[String]] { evidence.sources.map(pieces) + omissions.map { [$0] } }

    private func pieces(_ source: Evidence.Source) -> [String] {
        let name = SafeText.escaped(source.name)
        let head =
            "\(name): \(Quantity.counted(source.events.count, "call")) of \(Quantity.duration(source.events.nanoseconds)) on "
            + Quantity.counted(source.threads, "thread") + ";"
        let unreadable = source.counts.unreadable + source.counts.withoutDuration
        let skipped =
            unreadable == 0 ? [] : [Quantity.counted(unreadable, "line") + " could not be read, or had no duration."]
        guard source.joined.count > 0 else { return [head, "NOTHING IS JOINED."] + why(source) + skipped }
        let all = max(1, source.events.nanoseconds)
        func share(_ amount: Evidence.Amount) -> String { Quantity.percent(Double(amount.nanoseconds) / Double(all)) }
        let parts = Evidence.UnjoinedReason.allCases.compactMap { reason -> String? in
            guard let amount = source.unjoined[reason], amount.count > 0 else { return nil }
            return share(amount) + " " + Self.text(of: reason)
        }
        let shares = [share(source.joined) + " of that time is joined to spans"] + parts
        let separated = shares.enumerated().map { $0.element + ($0.offset == shares.count - 1 ? "." : ",") }
        return [head] + separated + skipped
    }

    private static func text(of reason: Evidence.UnjoinedReason) -> String {
        switch reason {
        case .noSpan: "was while no sync span was open"
        case .otherThread: "was on threads without spans"
        case .otherTime: "was at times the log says nothing of"
        case .ambiguous: "was on threads of several processes"
        case .repeated: "was read before"
        }
    }

    /// Why nothing was joined, and what to do.
    private func why(_ source: Evidence.Source) -> [String] {
        if source.events.count == 0 { return ["It holds no call."] }
        if source.unjoined[.otherTime]?.count == source.events.count, let stretch = source.stretch {
            let times = [stretch.lowerBound, stretch.upperBound].map { WallTime(nanoseconds: $0) }
            return [
                "It is of \(times[0].date) \(times[0].time) to \(times[1].time) UTC,", "when the log says nothing.",
            ]
        }
        if evidence.spans == 0 {
            return evidence.omissions.asyncSpans.count > 0
                ? ["The log's single spans of that time are all async, which change threads."]
                : [
                    "The log has no single span of that time:",
                    "run the program with HOOFPRINT=every, both at one time.",
                ]
        }
        if (source.unjoined[.ambiguous]?.count ?? 0) > 0 {
            return ["Several processes have threads of the same numbers:", "choose one with --process."]
        }
        if source.threadsWithSpans == 0 {
            return [
                "None of these threads is in the log.",
                "It is of another process, or was run outside of the container,",
                "where threads have other numbers: run it inside.",
            ]
        }
        return ["No sync span was open during any of them."]
    }

    private var omissions: [String] {
        let omissions = evidence.omissions
        var lines: [String] = []
        if omissions.spansBeyondLimit > 0 {
            lines.append(
                "\(Quantity.counted(omissions.spansBeyondLimit, "span")) beyond \(Quantity.count(UInt64(SpanReader.mostSpans)))"
                    + " took no part: give a shorter time with --since and --until.")
        }
        if omissions.spansWithoutTime > 0 {
            lines.append(
                Quantity.counted(omissions.spansWithoutTime, "span")
                    + " took no part: the wall clock was set meanwhile.")
        }
        if omissions.ambiguousThreads > 0 {
            lines.append(
                Quantity.counted(omissions.ambiguousThreads, "thread")
                    + " took no part: several processes have it at once; choose one with --process.")
        }
        return lines
    }
}

/// What was found about a function, in a sentence and in a table.
struct FunctionEvidenceWords {
    let evidence: FunctionEvidence
    let sources: [Evidence.Source]

    /// Calls of one name, over all targets.
    private struct Group {
        var name: String
        var kind: ThreadEvent.Kind
        var nanoseconds: UInt64 = 0
        var activities: [FunctionEvidence.Activity] = []
    }

    private var sourceNames: String { sources.map { SafeText.escaped($0.name) }.joined(separator: " and ") }

    /// `strace saw 81.0ms of its own time, 99% of that in recvfrom of TCP 10.0.0.1:80 (for bytes from a peer).` In pieces, between
    /// which a line may be broken; none: it saw nothing.
    var sentence: [String] {
        guard evidence.ownNanoseconds > 0 else { return [] }
        let own = Double(evidence.ownNanoseconds)
        let head = "\(sourceNames) saw \(Quantity.duration(evidence.ownNanoseconds)) of its own time,"
        let all = evidence.activities.reduce(0) { saturatingSum($0, $1.own.nanoseconds) }
        guard let group = greatestGroup, Double(group.nanoseconds) >= own / 10 else {
            return [head, Quantity.percent(Double(all) / own) + " of that in system calls."]
        }
        return [head, Quantity.percent(Double(group.nanoseconds) / own) + " of that in"] + pieces(of: group)
    }

    private var greatestGroup: Group? {
        var groups: [ThreadEvent.Activity: Group] = [:]
        for activity in evidence.activities where activity.own.count > 0 || activity.own.nanoseconds > 0 {
            let (name, kind) = (activity.activity.name, activity.activity.kind)
            let key = ThreadEvent.Activity(name: name, kind: kind)
            var group = groups[key] ?? Group(name: name, kind: kind)
            group.nanoseconds = saturatingSum(group.nanoseconds, activity.own.nanoseconds)
            group.activities.append(activity)
            groups[key] = group
        }
        return groups.values.max {
            ($0.nanoseconds, $1.name, $1.kind.rawValue) < ($1.nanoseconds, $0.name, $0.kind.rawValue)
        }
    }

    private func pieces(of group: Group) -> [String] {
        let meaning = SystemCallWords.meaning(of: ThreadEvent.Activity(name: group.name, kind: group.kind))
        let greatest = group.activities.max { $0.own.nanoseconds < $1.own.nanoseconds }
        var text = TextLayout.name(group.name, columns: 24)
        if let greatest, !greatest.activity.target.isEmpty,
            Double(greatest.own.nanoseconds) >= 0.8 * Double(group.nanoseconds)
        {
            text += " of " + TextLayout.name(greatest.activity.target, columns: 48)
        } else if group.activities.count > 1 {
            text += " of \(group.activities.count) targets"
        }
        return meaning.map { [text, "(\($0))."] } ?? [text + "."]
    }

    /// The table of `--explain`: time with what it called, its share, own time, how often, what.
    func table(in layout: TextLayout, atMost shown: Int) -> [String] {
        guard !evidence.activities.isEmpty else { return [] }
        let watched =
            evidence.watched.count == 0
            ? "None of its calls were on one thread; this is of the sync spans in them."
            : "Watched: \(Quantity.counted(evidence.watched.count, "call")) of \(Quantity.duration(evidence.watched.nanoseconds)),"
                + " \(Quantity.duration(evidence.ownNanoseconds)) of that in its own code."
        let head = Self.columns(["time", "share", "own", "calls", "longest"]) + "  call"
        let rows = evidence.activities.prefix(shown).map { row($0, columns: layout.width) }
        let rest = evidence.activities.dropFirst(shown).reduce(into: Evidence.Amount()) {
            $0.add($1.amount.count, $1.amount.nanoseconds)
        }
        let more =
            rest.count == 0
            ? [] : ["\(Quantity.counted(rest.count, "call")) more took \(Quantity.duration(rest.nanoseconds))."]
        return [watched, layout.style.dim(head)] + rows + more
    }

    private func row(_ activity: FunctionEvidence.Activity, columns: Int) -> String {
        let share =
            evidence.watched.nanoseconds == 0
            ? "–" : Quantity.percent(Double(activity.amount.nanoseconds) / Double(evidence.watched.nanoseconds))
        let start =
            Self.columns([
                Quantity.duration(activity.amount.nanoseconds), share, Quantity.duration(activity.own.nanoseconds),
                Quantity.count(activity.amount.count), Quantity.duration(activity.maximumNanoseconds),
            ]) + "  "
        return start + Self.text(of: activity, columns: columns - start.count)
    }

    /// `fdatasync /srv/red.db, until it is on disk; EIO×2`, in at most `columns` columns.
    static func text(of activity: FunctionEvidence.Activity, columns: Int) -> String {
        let meaning = SystemCallWords.meaning(of: activity.activity).map { ", " + $0 } ?? ""
        let errors = activity.errors.prefix(3).map { error in
            " " + TextLayout.name(error.type, columns: 16) + "×" + Quantity.count(error.count)
        }
        let end = meaning + (errors.isEmpty ? "" : ";" + errors.joined())
        let name = TextLayout.name(activity.activity.name, columns: 24)
        let room = columns - SafeText.columns(of: name + end) - 1
        let isShown = !activity.activity.target.isEmpty && room >= 8
        let target = isShown ? " " + TextLayout.name(activity.activity.target, columns: room) : ""
        return SafeText.middleTruncated(name + target + end, to: columns)
    }

    /// Cells of numbers, each under its title.
    static func columns(_ cells: [String]) -> String {
        zip(cells, [7, 7, 8, 8, 9]).map { TextLayout.rightAligned($0, in: $1) }.joined()
    }
}

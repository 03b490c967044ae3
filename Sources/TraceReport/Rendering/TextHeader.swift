/// The first lines: what was read, who wrote it, and what is missing.
struct TextHeader {
    let report: Report
    let width: Int
    let style: TextStyle
    /// Whether options that show more are named.
    var namesOptions = true

    func lines() -> [String] {
        var lines = TextLayout.flow(sourceItems, width: width)
        if let first = lines.first { lines[0] = style.strong(first) }
        lines += TextLayout.flow(processItems, width: width)
        if !selectionItems.isEmpty {
            lines += TextLayout.flow(selectionItems, width: width, separator: " ").map(style.strong)
        }
        let losses = lossItems
        if losses.isEmpty {
            lines.append("Complete: nothing lost, nothing damaged.")
        } else {
            lines += TextLayout.flow(losses, width: width, separator: "; ").map(style.warning)
        }
        let said = notes + EvidenceWords(evidence: report.evidence).notes
        return lines + said.flatMap { TextLayout.flow($0, width: width, separator: " ") }.map(style.dim)
    }

    var sourceItems: [String] {
        let inputs = report.inputs
        guard let first = inputs.first else { return [] }
        let name = first.file == "-" ? "(standard input)" : SafeText.escaped(first.file)
        let more = inputs.count == 1 ? "" : " and \(inputs.count - 1) more"
        var items = [
            SafeText.middleTruncated(name, to: max(12, width / 3)) + more,
            Quantity.bytes(inputs.reduce(0) { $0 + $1.bytes }),
            Quantity.counted(inputs.reduce(0) { $0 + $1.lines }, "line"),
            Quantity.counted(report.records, "record"),
        ]
        if let start = report.processes.map({ max($0.startWallNanoseconds, report.stretch.since ?? 0) }).min(),
            let end = report.processes.compactMap(\.endWallNanoseconds).max(), end >= start
        {
            let (from, to) = (WallTime(nanoseconds: start), WallTime(nanoseconds: end))
            let toDate = from.date == to.date ? "" : to.date + " "
            items.append(
                "\(from.date) \(from.time) – \(toDate)\(to.time) UTC (\(Quantity.duration(end - start)))")
        }
        return items
    }

    var processItems: [String] {
        let processes = report.processes
        guard let first = processes.first else { return [] }
        func distinct(_ values: [String]) -> UInt64 { UInt64(Set(values).count) }
        var items = [SafeText.middleTruncated(SafeText.escaped(first.program), to: 30)]
        if processes.count == 1 {
            items.append("pid \(first.pid) on \(SafeText.middleTruncated(SafeText.escaped(first.host), to: 30))")
            if !first.buildId.isEmpty { items.append("build \(SafeText.escaped(String(first.buildId.prefix(8))))") }
        } else {
            let programs = distinct(processes.map(\.program))
            if programs > 1 { items[0] += " and \(programs - 1) more" }
            items.append(
                Quantity.counted(UInt64(processes.count), "session") + " on "
                    + Quantity.counted(distinct(processes.map(\.host)), "host"))
            items.append(Quantity.counted(distinct(processes.map(\.buildId)), "build"))
        }
        let modes = Set(processes.map(\.mode)).sorted().joined(separator: " and ")
        items.append("mode \(SafeText.middleTruncated(SafeText.escaped(modes), to: 20))")
        if let share = report.tracingShare {
            items.append("recording cost about \(Quantity.finePercent(share)) of the CPU time")
        }
        return items
    }

    /// `Only requests of POST /images (1 of 3 roots), functions image.* (2 of 9).`
    var selectionItems: [String] {
        func item(_ match: SelectionMatch?, _ what: String, _ noun: String) -> String? {
            match.map { match in
                let name = TextLayout.name(match.pattern, columns: max(12, width / 3))
                return "\(what) \(name) (\(match.matched) of " + Quantity.counted(UInt64(match.known), noun) + ")"
            }
        }
        func time(_ word: String, _ nanoseconds: UInt64?) -> String {
            guard let time = nanoseconds.map(WallTime.init) else { return "" }
            return "\(word) \(time.date) \(time.time)"
        }
        let items = [
            item(report.selected.process, "process", "session"), item(report.selected.root, "requests of", "root"),
            item(report.selected.function, "functions", "function"),
            report.stretch.isEverything
                ? nil
                : "what was flushed" + time(" after", report.stretch.since)
                    + time(" up to", report.stretch.until),
        ].compactMap { $0 }
        return items.enumerated().map { index, item in
            (index == 0 ? "Only " : "") + item + (index == items.count - 1 ? "." : ",")
        }
    }

    var lossItems: [String] {
        func sum(_ value: KeyPath<InputSummary, UInt64>) -> UInt64 {
            report.inputs.reduce(0) { $0 + $1[keyPath: value] }
        }
        let before = sum(\.lostBeforeStart)
        let lost = sum(\.lost)
        let lostText = Quantity.counted(lost, "record") + " lost"
        let entries: [(UInt64, String)] = [
            (lost, before == 0 ? lostText : lostText + " (\(Quantity.grouped(before)) before the log begins)"),
            (sum(\.damaged), Quantity.counted(sum(\.damaged), "damaged line") + " skipped"),
            (sum(\.forged), Quantity.counted(sum(\.forged), "record") + " of unannounced sessions set apart"),
            (
                UInt64(report.doubts.count),
                Quantity.counted(UInt64(report.doubts.count), "session") + " may be invented by a text in the log"
            ),
            (sum(\.duplicates), Quantity.counted(sum(\.duplicates), "duplicate")),
            (sum(\.unknownKinds), Quantity.counted(sum(\.unknownKinds), "record") + " of a newer version's kinds"),
            (sum(\.beyondLimits), Quantity.counted(sum(\.beyondLimits), "record") + " left out to bound memory"),
            (sum(\.overlong), Quantity.counted(sum(\.overlong), "line") + " over 1 MiB skipped"),
            (sum(\.cut), Quantity.counted(sum(\.cut), "packed log") + " cut short or damaged: the rest is missing"),
            (sum(\.trailed), Quantity.counted(sum(\.trailed), "packed log") + " with other bytes behind"),
            (report.drops.lines, "the program dropped " + Quantity.counted(report.drops.lines, "record line")),
            (report.drops.spans, "the program dropped " + Quantity.counted(report.drops.spans, "span")),
            (report.drops.paths, Quantity.counted(report.drops.paths, "span") + " counted under (other)"),
            (report.drops.misused, Quantity.counted(report.drops.misused, "span") + " ended out of order"),
            (
                report.drops.clockSteps,
                "the processor's clock went wrong \(Quantity.counted(report.drops.clockSteps, "time"))"
            ),
        ]
        return entries.filter { $0.0 > 0 }.map(\.1)
    }

    /// Each in pieces, between which a line may be broken.
    var notes: [[String]] {
        EndWords(report: report, namesOption: namesOptions).paragraphs + doubts.map { [$0] }
    }

    private var doubts: [String] {
        var notes: [String] = []
        notes += DoubtWords(report: report).sentences
        if report.unnamedPaths > 0 {
            notes.append(
                Quantity.counted(report.unnamedPaths, "path")
                    + " without a name: the records that name them are missing."
            )
        }
        if report.cyclicPaths > 0 {
            notes.append(Quantity.counted(report.cyclicPaths, "path") + " named as its own ancestor: taken as roots.")
        }
        if report.staleHistograms > 0 {
            notes.append(
                "Percentiles of \(Quantity.counted(report.staleHistograms, "path")) are older than the counts: "
                    + "pieces of their histograms were lost.")
        }
        return notes
    }
}

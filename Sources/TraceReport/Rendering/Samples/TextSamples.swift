import TraceLog

/// The functions that threads were seen in, over all samples, and how far the samples can be trusted.
struct TextSamples {
    let samples: SampleSummary
    let width: Int
    let style: TextStyle
    let top: Int

    private static let rankWidth = 4
    private static let samplesWidth = 8
    private static let shareWidth = 6
    private static let intervalWidth = 10
    private static let widestName = 66

    func lines() -> [String] {
        var lines: [String] = []
        if samples.onCPU.samples > 0 {
            lines += section(samples.onCPU, "HOT CODE", "on a CPU", outside: samples.outsideSpans.onCPU)
        }
        if samples.offCPU.samples > 0 {
            if !lines.isEmpty { lines.append("") }
            lines += section(samples.offCPU, "WAITING CODE", "that waited", outside: samples.outsideSpans.offCPU)
        }
        if lines.isEmpty { lines.append(style.strong("HOT CODE") + "  no stack sample" + inside) }
        return lines + TextLayout.flow(notes, width: width, separator: " ").map(style.dim)
    }

    private func section(_ group: SampleGroup, _ title: String, _ threads: String, outside: UInt64) -> [String] {
        var items = [title, Quantity.counted(group.samples, "stack sample") + " of threads \(threads)" + inside]
        if outside > 0 {
            let share = Quantity.percent(Double(outside) / Double(group.samples))
            items[1] += ","
            items.append("\(share) of them outside any span")
        }
        // Half of what the ranking of spans shows.
        let shown = group.functions.prefix(max(1, (top + 1) / 2))
        let hasTotals = shown.contains { $0.total > $0.own }
        let numbersWidth = Self.samplesWidth + Self.shareWidth * (hasTotals ? 2 : 1) + Self.intervalWidth
        let nameWidth = min(Self.widestName, width - Self.rankWidth - numbersWidth)
        var lines = TextLayout.flow(items, width: width, separator: " ")
        lines[0] = style.strong(title) + " " + lines[0].dropFirst(title.count)
        let heading = ["samples", "share", "95%"] + (hasTotals ? ["total"] : [])
        lines.append(style.strong(row(" #", "function", heading, nameWidth)))
        for (index, hot) in shown.enumerated() {
            let name = SampleWords.name(of: hot, columns: nameWidth)
            lines.append(row(rightAligned("\(index + 1)", in: 2), name, cells(hot, of: group, hasTotals), nameWidth))
        }
        return lines + rest(of: group, shownCount: shown.count)
    }

    private func cells(_ hot: HotFunction, of group: SampleGroup, _ hasTotals: Bool) -> [String] {
        func share(_ samples: UInt64) -> String { Quantity.percent(Double(samples) / Double(group.samples)) }
        return [Quantity.count(hot.own), share(hot.own), SampleWords.interval(hot.own, of: group.samples)]
            + (hasTotals ? [share(hot.total)] : [])
    }

    private func row(_ rank: String, _ name: String, _ cells: [String], _ nameWidth: Int) -> String {
        let widths = [Self.samplesWidth, Self.shareWidth, Self.intervalWidth, Self.shareWidth]
        let start = rank + "  " + name + String(repeating: " ", count: max(0, nameWidth - SafeText.columns(of: name)))
        return start + zip(cells, widths).map { rightAligned($0, in: $1) }.joined()
    }

    private func rest(of group: SampleGroup, shownCount: Int) -> [String] {
        let rest = group.functions.dropFirst(shownCount)
        guard !rest.isEmpty else { return [] }
        let samples = rest.reduce(0) { saturatingSum($0, $1.own) }
        let share = Quantity.percent(Double(samples) / Double(group.samples))
        return ["    … \(Quantity.grouped(UInt64(rest.count))) more: \(share) of the samples"]
    }

    private var inside: String {
        guard let function = samples.selection.function else { return "" }
        return " inside " + SafeText.middleTruncated(SafeText.escaped(function), to: max(12, width - 52))
    }

    private var notes: [String] {
        let periods = [samples.taken, samples.unkept, samples.unsampled].reduce(0, saturatingSum)
        let all = samples.tree.total.all
        let entries: [(UInt64, UInt64, String)] = [
            (samples.unsampled, periods, "of the periods not sampled (signal blocked, no timer)."),
            (samples.unkept, periods, "of the periods not kept apart, for want of room."),
            (samples.cut, all, "of the samples cut: outermost functions are missing."),
            (samples.physicalOnly, all, "without the async callers."),
            (samples.withoutStack, all, "without a stack."),
        ]
        let missing = entries.filter { $0.0 > 0 && $0.1 > 0 }
            .map { Quantity.finePercent(Double($0.0) / Double($0.1)) + " " + $0.2 }
        let complete = missing.isEmpty ? ["Every period was sampled, and every stack is whole."] : missing
        return ["A sample is a period of the sampler, not a call."] + complete
    }

    private func rightAligned(_ text: String, in columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - SafeText.columns(of: text))) + text
    }
}

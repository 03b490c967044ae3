import TraceLog

/// Samples in words.
enum SampleWords {
    /// Fewer samples than this say too little.
    static let fewest: UInt64 = 20
    private static let shownFunctions = 3
    private static let shownFrames = 6

    /// What the samples say about a span's own code: paragraphs, each in pieces between which a line may be broken.
    static func paragraphs(of span: SpanSamples) -> [[String]] {
        paragraphs(of: span.onCPU, heading: "on CPU") + paragraphs(of: span.offCPU, heading: "waiting")
    }

    private static func paragraphs(of group: SampleGroup, heading: String) -> [[String]] {
        guard group.samples >= fewest else { return [] }
        // What stands for less than a hundredth of the samples is noise.
        let shown = group.functions.prefix(shownFunctions).enumerated()
            .filter { $0.offset == 0 || Double($0.element.own) >= 0.01 * Double(group.samples) }.map(\.element)
        var words = [Quantity.counted(group.samples, "stack sample") + " \(heading):"]
        for (index, hot) in shown.enumerated() {
            let share = Quantity.percent(Double(hot.own) / Double(group.samples))
            let preposition = hot.what.isEmpty ? "in " : ""
            words.append(
                "\(share) (\(interval(hot.own, of: group.samples))) \(preposition)\(name(of: hot, columns: 44))"
                    + (index == shown.count - 1 ? "." : ","))
        }
        return [words, stack(group.example)]
    }

    /// `58–64%`.
    static func interval(_ part: UInt64, of whole: UInt64) -> String {
        let interval = ShareInterval(part: part, of: whole)
        let (lower, upper) = (Int((interval.lower * 100).rounded()), Int((interval.upper * 100).rounded()))
        return lower == upper ? "\(lower)%" : "\(lower)–\(upper)%"
    }

    /// `inflate_fast (libz)`, `lock in insert(_:) (red)`, in at most so many columns.
    static func name(of hot: HotFunction, columns: Int) -> String {
        let what = hot.what.isEmpty ? "" : SafeText.middleTruncated(SafeText.escaped(hot.what), to: 20) + " in "
        let name = name(of: hot.frame, columns: columns - SafeText.columns(of: what))
        return SafeText.middleTruncated(what + name, to: columns)
    }

    private static func name(of frame: SampleFrame, columns: Int) -> String {
        let module = SafeText.middleTruncated(SafeText.escaped(String(frame.shortModule)), to: 16)
        let ending = module.isEmpty ? "" : " (\(module))"
        let room = max(8, columns - SafeText.columns(of: ending))
        return SafeText.middleTruncated(SafeText.escaped(frame.label), to: room) + ending
    }

    /// `e.g. decode(_:) › inflate › inflate_fast`, piece by piece; of a long stack its ends.
    private static func stack(_ frames: [SampleFrame]) -> [String] {
        let code = frames.filter(\.isCode).map { SafeText.middleTruncated(SafeText.escaped($0.label), to: 40) }
        guard code.count > 1 else { return [] }
        let outer = 2
        let shown =
            code.count <= shownFrames
            ? code : code.prefix(outer) + ["… \(code.count - shownFrames) more …"] + code.suffix(shownFrames - outer)
        return shown.enumerated().map { index, name in
            (index == 0 ? "e.g. " : "") + name + (index == shown.count - 1 ? "." : " ›")
        }
    }
}

/// What became of functions, in words.
enum ComparisonWords {
    /// `2 functions got slower, 1 got faster; 1 is new, 1 is gone.` and what was not found or cannot be told.
    static func verdict(of comparison: Comparison) -> [String] {
        let counts = (slower: comparison.slower.count, faster: comparison.faster.count)
        let threshold = Quantity.wholePercent(comparison.options.threshold)
        var sentences: [String] = []
        if counts == (0, 0) {
            sentences.append(
                comparison.unchanged.isEmpty
                    ? "Whether anything got slower or faster cannot be told."
                    : "Nothing got slower or faster by \(threshold) or more, as far as the logs can tell.")
        } else {
            let faster = counts.faster == 0 ? "none" : "\(counts.faster)"
            sentences.append("\(functions(counts.slower)) got slower, \(faster) got faster.")
        }
        if !comparison.new.isEmpty || !comparison.gone.isEmpty {
            sentences.append("New: \(comparison.new.count), gone: \(comparison.gone.count).")
        }
        if counts != (0, 0), !comparison.unchanged.isEmpty {
            sentences.append("No change of \(threshold) or more found in \(comparison.unchanged.count).")
        }
        if !comparison.untold.isEmpty {
            sentences.append("Of \(functions(comparison.untold.count)) not everything can be told.")
        }
        return sentences
    }

    /// `Numbers are of …`, which says how to read them.
    ///
    /// - Parameter intervals: Where the intervals stand.
    static func reading(of comparison: Comparison, intervals: String = "in brackets") -> String {
        let window = Quantity.duration(
            max(comparison.before.windowNanoseconds, comparison.after.windowNanoseconds))
        let level = Quantity.wholePercent(comparison.options.level)
        return "Numbers are of a typical window of \(window) or more; \(intervals), where the change lies in 95 of 100 "
            + "cases. Two logs of one program would give any such verdict in at most \(level) of cases."
    }

    /// `after.log (build 3f9c1e7a, 18,000 requests)`.
    static func side(_ side: Comparison.Side, columns: Int) -> String {
        let first = side.files.first.map { $0 == "-" ? "(standard input)" : SafeText.escaped($0) } ?? "(nothing)"
        let more = side.files.count > 1 ? " and \(side.files.count - 1) more" : ""
        var notes: [String] = []
        if let build = side.builds.first {
            notes.append(
                side.builds.count == 1
                    ? "build \(TextLayout.name(build, columns: 12))" : "\(side.builds.count) builds")
        }
        notes.append(Quantity.counted(side.requests, "request"))
        if side.lost > 0 { notes.append(Quantity.counted(side.lost, "record") + " lost") }
        return SafeText.middleTruncated(first, to: columns) + more + " (" + notes.joined(separator: ", ") + ")"
    }

    /// Returns what changed of a function: its p99, its self time per request, its median, its calls per request.
    static func changes(of function: FunctionComparison) -> [String] {
        let times = [
            ("p99", function.p99), ("its own time per request", function.selfTime), ("median", function.p50),
        ]
        var pieces = times.compactMap { name, change in
            change.verdict.isChange ? "\(name) \(duration(change))" : nil
        }
        if function.calls.verdict.isChange { pieces.append(calls(function.calls)) }
        return pieces
    }

    /// `calls per request 1.0 → 14`.
    static func calls(_ change: MetricChange) -> String {
        let values = [change.before, change.after].map { Quantity.number($0 ?? 0) }
        return "calls per request \(values[0]) → \(values[1])"
    }

    /// `41.0ms → 52.0ms, +27% (+19% to +35%)`.
    static func duration(_ change: MetricChange) -> String {
        let values = [change.before, change.after].map { $0.map(nanoseconds) ?? "?" }
        var text = "\(values[0]) → \(values[1])"
        if let share = change.change { text += ", " + signed(share) }
        if let interval = change.interval {
            text += " (\(signed(interval.lowerBound)) to \(signed(interval.upperBound)))"
        }
        return text
    }

    /// `+27%`, `-3%`, `±0%`.
    static func signed(_ share: Double) -> String {
        let percent = Quantity.wholePercent(abs(share))
        return (percent == "0%" ? "±" : share < 0 ? "-" : "+") + percent
    }

    /// `30.0ms of its own per request`, of a function that only one log has.
    static func only(_ function: FunctionSummary, requests: UInt64) -> String {
        let calls = Quantity.counted(function.count, "call")
        guard requests > 0 else { return calls }
        let own = Double(function.selfNanoseconds) / Double(requests)
        let p99 = function.p99Nanoseconds.map { ", p99 \(Quantity.duration($0))" } ?? ""
        return "\(calls), \(nanoseconds(own)) of its own per request\(p99)"
    }

    /// `mail (p99, median)`, with the numbers of which nothing can be told.
    static func untold(_ function: FunctionComparison) -> String {
        let numbers = [
            ("p99", function.p99), ("its own time per request", function.selfTime), ("median", function.p50),
        ]
        let names = numbers.filter { $0.1.verdict == .cannotBeTold }.map(\.0)
        return TextLayout.name(function.after.place.name, columns: 40) + " (" + names.joined(separator: ", ") + ")"
    }

    static func functions(_ count: Int) -> String { Quantity.counted(UInt64(count), "function") }

    static func nanoseconds(_ value: Double) -> String {
        Quantity.duration(UInt64(min(1e18, max(0, value.rounded()))))
    }
}

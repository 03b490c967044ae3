import TraceLog

/// What is known about a function, in sentences.
struct FindingWords {
    private let finding: Finding

    init(_ finding: Finding) {
        self.finding = finding
    }

    /// The sentences; a line may be broken between them.
    var sentences: [String] {
        share + [nature] + reasons + [durations, calls, errors].compactMap { $0 }
    }

    /// The sentences without what its share of the time is.
    var sentencesWithoutShare: [String] {
        [nature.prefix(1).uppercased() + nature.dropFirst()] + reasons
            + [durations, calls, errors].compactMap { $0 }
    }

    /// `Twice as fast, 99 of 100 POST /images would take 151ms at most, not 212ms.` Nil where that is not known.
    static func whatIf(_ finding: Finding, in report: Report) -> String? {
        let place = finding.function.place
        let root = finding.mainRoot?.root ?? place
        guard let halved = HalvedFunction(place, under: root, in: report) else { return nil }
        let (before, after) = (Quantity.duration(halved.before), Quantity.duration(halved.atMost))
        let name = TextLayout.name(halved.root.name, columns: 40)
        return "Twice as fast, 99 of 100 \(name) would take \(after) at most, not \(before)."
    }

    /// `41% of all recorded time is spent in its own code, 97% of that in POST /images, 95% for show(_:) › Store.find(_:);`.
    private var share: [String] {
        let ofTime = Quantity.percent(finding.function.share) + " of all recorded time"
        let ofCPU = finding.shareOfCPU.map { Quantity.percent($0) + " of the recorded CPU time (\(ofTime))" }
        let text = (ofCPU ?? ofTime) + " is spent in its own code"
        guard let root = finding.mainRoot else { return [text + ";"] }
        let part = root.share >= 0.995 ? "all" : Quantity.percent(root.share)
        let main = "\(part) of that in \(TextLayout.name(root.root.name, columns: 40))"
        guard let way else { return [text + ",", main + ";"] }
        return [text + ",", main + ","] + way
    }

    /// `95% for show(_:) › … › Store.find(_:);`: for whom it is done, the nearest of them last.
    private var way: [String]? {
        guard let way = finding.way, let first = way.functions.first, let last = way.functions.last else { return nil }
        let part = "\(way.share >= 0.995 ? "all" : Quantity.percent(way.share)) for "
        let name = part + TextLayout.name(first.name, columns: 50)
        if way.functions.count == 1 { return [name + ";"] }
        let between = way.functions.count > 2 ? "› … › " : "› "
        return [name, between + TextLayout.name(last.name, columns: 50) + ";"]
    }

    private var nature: String { NatureWords.sentence(finding.nature) }

    /// What it was seen doing. What was measured beside the log, of a tenth of its own time at least, tells more than looks.
    private var reasons: [String] {
        let words = finding.evidence.map { FunctionEvidenceWords(evidence: $0, sources: finding.sources) }
        let calls = words?.sentence ?? []
        let measured = finding.evidence?.ownNanoseconds ?? 0
        let isEnough = !calls.isEmpty && measured >= finding.function.selfNanoseconds / 10
        return calls + (isEnough ? [] : [looks].compactMap { $0 })
    }

    /// `345 looks found it 71% in lock, 20% in disk, 9% running.` Nil where too few were made to tell.
    private var looks: String? {
        let waits = finding.function.waits
        let all = waits.reduce(0) { saturatingSum($0, $1.looks) }
        guard all >= FunctionNature.fewest else { return nil }
        let parts = waits.prefix(3).map { wait in
            let share = Quantity.percent(Double(wait.looks) / Double(all))
            let isRunning = wait.what == "running"
            return share + (isRunning ? " running" : " in \(TextLayout.name(wait.what, columns: 20))")
        }
        return "\(Quantity.count(all)) looks found it " + parts.joined(separator: ", ") + "."
    }

    private var durations: String? {
        let function = finding.function
        guard let p50 = function.p50Nanoseconds, let p99 = function.p99Nanoseconds else { return nil }
        let longest = Quantity.duration(function.maximumNanoseconds)
        if function.count == 1 { return "It was called once and took \(longest)." }
        let typical = "A typical call takes \(Quantity.duration(p50)), "
        if function.count < 100 { return typical + "the longest took \(longest)." }
        return typical + "1 in 100 over \(Quantity.duration(p99))\(interval)."
    }

    /// ` (38.2–44.0ms)`: between which bounds the 99th percentile lies; nothing where they are the same.
    private var interval: String {
        guard let interval = finding.function.p99Interval else { return "" }
        let (lower, upper) = (Quantity.duration(interval.lowerBound), Quantity.duration(interval.upperBound))
        return lower == upper ? "" : " (\(lower)–\(upper))"
    }

    private var calls: String? {
        finding.callsPerRequest.map { "It is called \(Quantity.number($0)) times per request." }
    }

    private var errors: String? {
        let function = finding.function
        guard function.errors > 0 else { return nil }
        let share = Double(function.errors) / Double(max(1, function.count))
        let type = function.errorTypes.first.map { ", most \(TextLayout.name($0.type, columns: 30))" } ?? ""
        return "\(Quantity.counted(function.errors, "error")) (\(Quantity.percent(share)) of calls\(type))."
    }
}

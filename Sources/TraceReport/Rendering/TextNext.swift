/// Which options would tell more, for this report.
struct TextNext {
    let report: Report
    let width: Int
    let style: TextStyle
    let findings: [Finding]

    private static let shown = 3

    func lines() -> [String] {
        var options: [String] = []
        if !report.open.isEmpty { options.append("--open") }
        if let name = findings.first?.function.name, let word = ShellWord.option("--explain", name) {
            options.append(word)
        }
        if findings.contains(where: { !$0.episodes.isEmpty }) { options.append("--timeline") }
        options += occasional
        if !report.requests.isEmpty { options.append("--requests") }
        if report.tree.nodes.count > 1 { options.append("--tree") }
        if report.timeline.windowCount > 2, !options.contains("--timeline") { options.append("--timeline") }
        let room = width - 16
        let fitting = options.filter { SafeText.columns(of: $0) <= room }.prefix(Self.shown)
        guard !fitting.isEmpty else { return [] }
        let lines = TextLayout.flow(Array(fitting), width: room, separator: "   ")
        return lines.enumerated().map { index, line in
            (index == 0 ? style.strong("next:") + " add   " : "            ") + line
        }
    }

    /// How to run the server to learn more than this log says: `To see what store(_:) WAITS for, run the server with …`.
    func otherRun() -> [String] {
        let isUnseen = report.evidence.sources.isEmpty && report.functions.allSatisfy(\.waits.isEmpty)
        let waiting = findings.first { finding in
            let waits = finding.nature.kind == .waits || finding.nature.kind == .both && !finding.nature.isEstimated
            return waits && report.samples.inside(finding.function) == nil
        }
        guard isUnseen, let waiting else { return [] }
        let name = TextLayout.name(waiting.function.name, columns: 40)
        let pieces = ["To see what \(name) WAITS for,", "run the server with HOOFPRINT_WAITS=100."]
        return TextLayout.flow(pieces, width: width, separator: " ")
    }

    /// Options for what few reports have. Words in capitals stand for files that only the reader knows.
    private var occasional: [String] {
        var options: [String] = []
        // It waits, and nobody looked for what.
        if let first = findings.first, first.nature.kind == .waits, first.function.waits.isEmpty,
            report.evidence.sources.isEmpty, report.samples.inside(first.function) == nil
        {
            options.append("--strace STRACE.txt")
        }
        let builds = Set(report.processes.map(\.buildId)).subtracting([""])
        if builds.count > 1, Set(report.processes.map(\.program)).count < builds.count {
            options.append("--compare OLDER.log")
        }
        if Set(report.processes.map(\.host)).count >= Self.fleet { options.append("--partial") }
        // Little has come so far, and it goes on.
        if report.inputs.count == 1, report.inputs[0].file != "-", report.timeline.windowCount <= 2,
            report.processes.contains(where: { !$0.hasEnded })
        {
            options.append("--follow")
        }
        return options
    }

    /// From so many hosts on, one machine need not read all logs.
    private static let fleet = 8
}

/// Words that a POSIX shell takes as they are meant.
enum ShellWord {
    /// Returns an option with a value out of a log; nil where the value holds something that must not be shown.
    static func option(_ option: String, _ value: String) -> String? {
        shown(value).map { option + (value.hasPrefix("-") ? "=" : " ") + $0 }
    }

    /// Returns a text out of a log as one word; nil where it is empty or holds something that must not be shown.
    static func shown(_ value: String) -> String? {
        guard !value.isEmpty, value.unicodeScalars.allSatisfy(SafeText.isPrintable) else { return nil }
        return quoted(value)
    }

    /// Returns text as one word: as it is where no character of it means anything to a shell, else in single quotes.
    static func quoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { isLetterOrDigit($0) || plainSigns.contains($0) }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    private static let plainSigns = Array("_-./:,+@%".utf8)

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

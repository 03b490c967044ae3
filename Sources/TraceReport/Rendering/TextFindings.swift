import TraceLog

/// The verdict in words: which functions to fix first, and why.
struct TextFindings {
    let report: Report
    let width: Int
    let style: TextStyle

    let findings: [Finding]

    func lines() -> [String] {
        guard !findings.isEmpty else { return ["No function spent measurable time in its own code."] }
        return [style.strong("FIX FIRST")] + findings.enumerated().flatMap { lines(of: $1, rank: $0 + 1) }
    }

    private func lines(of finding: Finding, rank: Int) -> [String] {
        let function = finding.function
        let name = SafeText.middleTruncated(SafeText.escaped(function.name), to: width / 2 - 5)
        let place = SafeText.middleTruncated(Self.place(of: function.place), to: width - 6 - SafeText.columns(of: name))
        var lines = [" \(rank)  " + style.strong(name) + (place.isEmpty ? "" : "  " + style.dim(place))]
        for paragraph in Self.paragraphs(of: finding, in: report) {
            lines += TextLayout.flow(paragraph, width: width - 4, separator: " ").map { "    " + $0 }
        }
        return lines.map { emphasised($0, finding.nature) }
    }

    /// What is said of a finding, in paragraphs of sentences: by counters, by windows, by stack samples.
    static func paragraphs(of finding: Finding, in report: Report) -> [[String]] {
        let samples = report.samples.inside(finding.function).map(SampleWords.paragraphs) ?? []
        let episodes = finding.episodes.map { ["But"] + EpisodeWords(timeline: report.timeline).pieces(of: $0) }
        let whatIf = FindingWords.whatIf(finding, in: report).map { [$0] } ?? []
        return [FindingWords(finding).sentences + whatIf] + episodes + samples
    }

    /// Colours the verdict's word, once the lines are broken: an escape sequence takes no column.
    private func emphasised(_ line: String, _ nature: FunctionNature) -> String {
        guard style.usesColor, line.hasPrefix("    ") else { return line }
        switch nature.kind {
        case .computes: return replaced("it COMPUTES", in: line, with: "it " + style.computing("COMPUTES"))
        case .waits: return replaced("it WAITS", in: line, with: "it " + style.waiting("WAITS"))
        case .both, .awaits, .unsure: return line
        }
    }

    private func replaced(_ word: String, in line: String, with replacement: String) -> String {
        guard let range = line.firstRange(of: word) else { return line }
        return line.replacingCharacters(range, with: replacement)
    }

    /// The place in at most `columns` columns: the file and line rather than half of everything.
    static func place(of function: FunctionPlace, columns: Int) -> String {
        let whole = place(of: function)
        guard SafeText.columns(of: whole) > columns, !function.file.isEmpty else {
            return SafeText.middleTruncated(whole, to: columns)
        }
        return position(of: function, columns: columns)
    }

    /// `RedMeter/Decode.swift:88` in at most `columns` columns: the file's name rather than its module's.
    static func position(of function: FunctionPlace, columns: Int) -> String {
        let whole = SafeText.escaped(function.file) + ":\(function.line)"
        guard SafeText.columns(of: whole) > columns, let slash = whole.lastIndex(of: "/") else {
            return SafeText.middleTruncated(whole, to: columns)
        }
        let name = "…" + whole[slash...]
        return SafeText.columns(of: name) <= columns
            ? name : SafeText.middleTruncated(String(name.dropFirst(2)), to: columns)
    }

    /// `decode(_:) at RedMeter/Decode.swift:88`.
    static func place(of function: FunctionPlace) -> String {
        guard !function.file.isEmpty else { return "" }
        let place = SafeText.escaped(function.file) + ":\(function.line)"
        return function.function.isEmpty ? place : SafeText.escaped(function.function) + " at " + place
    }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<Index>, with replacement: String) -> String {
        self[..<range.lowerBound] + replacement + self[range.upperBound...]
    }
}

import TraceLog

/// The verdict in words: which functions to fix first, and why.
struct TextFindings {
    let report: Report
    let width: Int
    let style: TextStyle

    func lines() -> [String] {
        let findings = Finding.first(of: report)
        guard !findings.isEmpty else { return ["No function spent measurable time in its own code."] }
        return [style.strong("FIX FIRST")] + findings.enumerated().flatMap { lines(of: $1, rank: $0 + 1) }
    }

    private func lines(of finding: Finding, rank: Int) -> [String] {
        let function = finding.function
        let name = SafeText.middleTruncated(SafeText.escaped(function.name), to: width / 2 - 5)
        let place = SafeText.middleTruncated(Self.place(of: function), to: width - 6 - SafeText.columns(of: name))
        var lines = [" \(rank)  " + style.strong(name) + (place.isEmpty ? "" : "  " + style.dim(place))]
        for paragraph in paragraphs(of: finding) {
            lines += TextRenderer.flow(paragraph, width: width - 4, separator: " ").map { "    " + $0 }
        }
        return lines.map { emphasised($0, finding.nature) }
    }

    /// Paragraphs of sentences: what the counters say, and then what stack samples say.
    func paragraphs(of finding: Finding) -> [[String]] {
        let samples = report.samples.inside(finding.function).map(SampleWords.paragraphs) ?? []
        return [sentences(of: finding)] + samples
    }

    private func sentences(of finding: Finding) -> [String] {
        let function = finding.function
        var sentences = [
            "\(Quantity.percent(function.share)) of all recorded time is spent in its own code;", words(finding.nature),
        ]
        if let seen = looks(at: function) { sentences.append(seen) }
        if let typical = function.p50Nanoseconds, let slow = function.p99Nanoseconds {
            if function.count == 1 {
                sentences.append("It was called once and took \(Quantity.duration(function.maximumNanoseconds)).")
            } else if function.count < 100 {
                sentences.append(
                    "A typical call takes \(Quantity.duration(typical)), "
                        + "the longest took \(Quantity.duration(function.maximumNanoseconds)).")
            } else {
                sentences.append(
                    "A typical call takes \(Quantity.duration(typical)), "
                        + "1 in 100 over \(Quantity.duration(slow)).")
            }
        }
        if let calls = finding.callsPerRequest {
            let number =
                calls < 9.95 ? "\((calls * 10).rounded() / 10)" : Quantity.count(UInt64(min(calls, 1e18).rounded()))
            sentences.append("It is called \(number) times per request.")
        }
        if function.errors > 0 {
            let share = Double(function.errors) / Double(max(1, function.count))
            let type = function.errorTypes.first.map {
                ", most \(SafeText.middleTruncated(SafeText.escaped($0.type), to: 30))"
            }
            sentences.append(
                "\(Quantity.counted(function.errors, "error")) (\(Quantity.percent(share)) of calls\(type ?? "")).")
        }
        return sentences
    }

    /// `345 looks found it 71% in lock, 20% in disk, 9% running.` Nil where too few were made to tell.
    private func looks(at function: FunctionSummary) -> String? {
        let all = function.waits.reduce(0) { saturatingSum($0, $1.looks) }
        guard all >= 20 else { return nil }
        let parts = function.waits.prefix(3).map { wait in
            let share = Quantity.percent(Double(wait.looks) / Double(all))
            let what = SafeText.middleTruncated(SafeText.escaped(wait.what), to: 20)
            return wait.what == "running" ? "\(share) running" : "\(share) in \(what)"
        }
        return "\(Quantity.count(all)) looks found it " + parts.joined(separator: ", ") + "."
    }

    private func words(_ nature: Finding.Nature) -> String {
        switch nature {
        case .computes(let share): "it COMPUTES (\(Quantity.percent(share)) on CPU)."
        case .waits(let share): "it WAITS (\(Quantity.percent(share)) on CPU)."
        case .both(let share): "it COMPUTES and WAITS (\(Quantity.percent(share)) on CPU)."
        case .unmeasured: "it AWAITS: suspended, or in code that no sync span covers."
        }
    }

    /// Colours the verdict's word, once the lines are broken: an escape sequence takes no column.
    private func emphasised(_ line: String, _ nature: Finding.Nature) -> String {
        guard style.usesColor, line.hasPrefix("    ") else { return line }
        switch nature {
        case .computes: return replaced("it COMPUTES", in: line, with: "it " + style.computing("COMPUTES"))
        case .waits: return replaced("it WAITS", in: line, with: "it " + style.waiting("WAITS"))
        case .both, .unmeasured: return line
        }
    }

    private func replaced(_ word: String, in line: String, with replacement: String) -> String {
        guard let range = line.firstRange(of: word) else { return line }
        return line.replacingCharacters(range, with: replacement)
    }

    /// The place in at most `columns` columns: the file and line rather than half of everything.
    static func place(of function: FunctionSummary, columns: Int) -> String {
        let whole = place(of: function)
        guard SafeText.columns(of: whole) > columns, !function.file.isEmpty else {
            return SafeText.middleTruncated(whole, to: columns)
        }
        return SafeText.middleTruncated(SafeText.escaped(function.file) + ":\(function.line)", to: columns)
    }

    /// `decode(_:) at RedMeter/Decode.swift:88`.
    static func place(of function: FunctionSummary) -> String {
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

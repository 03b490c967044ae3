/// The verdict in words: what to fix first, and why.
struct PageVerdict {
    let report: Report

    func list() -> String {
        let findings = Finding.first(of: report)
        guard !findings.isEmpty else { return "<p>No function spent measurable time in its own code.\n" }
        return "<ol>\n" + findings.map(item).joined() + "</ol>\n"
    }

    private func item(_ finding: Finding) -> String {
        let function = finding.function
        let paragraphs = TextFindings.paragraphs(of: finding, in: report).filter { !$0.isEmpty }.map { sentences in
            "<p>" + sentences.map { emphasised(HTMLText.escaped($0)) }.joined(separator: " ") + "\n"
        }
        return "<li><h3>\(HTMLText.escaped(HTMLText.shown(function.name)))</h3> "
            + "<small>\(HTMLText.escaped(PageRanking.place(of: function)))</small>"
            + PageRanking.bar(function.share) + paragraphs.joined()
    }

    /// Marks the word that says what a function does; it begins a sentence of ours, which no text of a log does.
    private func emphasised(_ sentence: String) -> String {
        guard sentence.hasPrefix("it ") else { return sentence }
        return sentence.replacing("COMPUTES", with: "<b class=computes>computes</b>")
            .replacing(" WAITS", with: " <b class=waits>waits</b>").replacing("AWAITS", with: "<b>awaits</b>")
    }
}

/// What had not ended when the log did, in a line or two.
struct TextStillRunning {
    let report: Report
    let width: Int
    let style: TextStyle

    func lines() -> [String] {
        let requests = OpenRequest.all(of: report)
        let ends = EndWords(report: report).ofSessions
        let ended = requests.filter { ends[$0.oldest.session] != nil }
        let running = requests.filter { ends[$0.oldest.session] == nil }
        var lines: [String] = []
        if let words = ended.first.flatMap({ ends[$0.oldest.session] }) {
            let sessions = Set(ended.map(\.oldest.session))
            let when = sessions.count == 1 ? "the process \(words):" : "\(sessions.count) processes ended:"
            lines += self.lines(of: ended, "OPEN WHEN", when, style.warning)
        }
        return lines + self.lines(of: running, "STILL RUNNING", "when the log ended:", style.strong)
    }

    /// `STILL RUNNING when the log ended: 3 requests, oldest 48.0s in Store.query ‹ handle ‹ POST /red`.
    private func lines(
        of requests: [OpenRequest], _ title: String, _ when: String, _ emphasis: (String) -> String
    ) -> [String] {
        guard let oldest = requests.first else { return [] }
        let count = Quantity.counted(UInt64(requests.count), "request")
        let age = Quantity.duration(oldest.oldest.ageNanoseconds)
        let stack = stackText(oldest.deepestStack)
        let head = "\(title) \(when) \(count), " + (requests.count == 1 ? "for \(age) in" : "the oldest for \(age) in")
        var lines = TextLayout.flow([head] + stack, width: width - 4, separator: " ")
        lines[0] = emphasis(title) + lines[0].dropFirst(title.count)
        return lines.enumerated().map { $0.offset == 0 ? $0.element : "    " + $0.element }
    }

    /// The innermost functions and the outermost one.
    private func stackText(_ stack: [FunctionPlace]) -> [String] {
        let names = stack.reversed().map { TextLayout.name($0.name, columns: 30) }
        let shown = names.count <= 5 ? names : names.prefix(3) + ["… \(names.count - 4) more …"] + names.suffix(1)
        return shown.enumerated().map { $0.offset == 0 ? $0.element : "‹ " + $0.element }
    }
}

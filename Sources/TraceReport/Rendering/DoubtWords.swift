/// What speaks against sessions that may be invented, in words.
struct DoubtWords {
    let report: Report

    /// More are not shown one by one: a text may invent thousands.
    private static let shown = 3

    /// One sentence for each of the first, and how to leave it out.
    var sentences: [String] {
        var sentences = report.doubts.prefix(Self.shown).map { doubt in
            "Session \(SessionTag.text(doubt.session)) (\(name(of: doubt.session))) stands among the lines of "
                + "\(name(of: doubt.beside)), and " + reason(doubt)
        }
        if report.doubts.count > Self.shown {
            sentences.append(
                Quantity.counted(UInt64(report.doubts.count - Self.shown), "further session") + " may be invented.")
        }
        if let doubt = report.doubts.first {
            sentences.append(
                "Its numbers are in this report; --process \(SessionTag.text(doubt.beside)) shows the other one alone.")
        }
        return sentences
    }

    private func reason(_ doubt: SessionDoubt) -> String {
        switch doubt.reason {
        case .sameProcess: "both say that they are this process at the same time."
        case .otherWriter: "the log says that this process wrote them."
        case .stranger: "has neither its host nor its program and build."
        }
    }

    private func name(of session: UInt64) -> String {
        guard let process = report.processes.first(where: { $0.session == session }) else {
            return "session \(SessionTag.text(session))"
        }
        let host = SafeText.middleTruncated(SafeText.escaped(process.host), to: 30)
        return SafeText.middleTruncated(SafeText.escaped(process.program), to: 30) + ", pid \(process.pid) on \(host)"
    }
}

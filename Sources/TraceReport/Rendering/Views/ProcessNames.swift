/// What sessions are called.
struct ProcessNames {
    private let processes: [UInt64: ProcessSummary]

    init(_ report: Report) {
        processes = Dictionary(report.processes.map { ($0.session, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// `red pid 4242`, the program in at most 24 columns.
    func text(ofSession session: UInt64) -> String {
        guard let process = processes[session] else { return "" }
        return TextLayout.name(process.program, columns: 24) + " pid \(process.pid)"
    }

    /// The columns that name a session.
    static let tableColumns = ["session", "pid", "host", "program"].map { ReportTable.Column($0) }

    /// The values of ``tableColumns``.
    func tableValues(ofSession session: UInt64) -> [ReportTable.Value] {
        let process = processes[session]
        return [
            .text(SessionTag.text(session)), .number(process?.pid ?? 0), .text(process?.host ?? ""),
            .text(process?.program ?? ""),
        ]
    }
}

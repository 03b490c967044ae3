import TraceLog
import TraceReport

/// Returns the report of logs in memory.
func report(_ logs: [UInt8]..., sortedBy key: SortKey = .selfTime, limits: Limits = Limits()) throws -> Report {
    try report(of: logs, sortedBy: key, limits: limits)
}

func report(of logs: [[UInt8]], sortedBy key: SortKey = .selfTime, limits: Limits = Limits()) throws -> Report {
    var analyser = LogAnalyser(limits: limits)
    for (index, log) in logs.enumerated() { try analyser.read(.bytes(log, name: "server.log.\(index)")) }
    return analyser.report(sortedBy: key)
}

extension Report {
    /// The function of a name.
    func function(_ name: String) -> FunctionSummary? { functions.first { $0.name == name } }

}

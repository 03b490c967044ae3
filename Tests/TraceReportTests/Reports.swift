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

/// A repeatable generator (SplitMix64, https://prng.di.unimi.it/splitmix64.c).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

/// What was recorded beside the logs, in a report.
public struct EvidenceSummary: Sendable, Equatable {
    /// What was read, and how much of it was joined; empty: nothing was.
    public var sources: [Evidence.Source] = []
    /// What of the logs could not take part.
    public var omissions = Evidence.Omissions()
    /// Single sync spans of the logs in the time of the sources.
    public var spans: UInt64 = 0
    /// The functions of which anything was found, by name and place.
    public var functions: [FunctionEvidence] = []

    /// Makes a summary of nothing.
    public init() {}

    init(_ evidence: Evidence) {
        sources = evidence.sources
        omissions = evidence.omissions
        spans = evidence.spans
    }

    /// What was found about a function.
    func of(_ place: FunctionPlace) -> FunctionEvidence? { functions.first { $0.place == place } }
}

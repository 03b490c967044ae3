/// What the formats of profilers show.
public enum ProfileContent: String, Sendable, CaseIterable {
    /// The self time of spans, by call path.
    case spans
    /// Stack samples.
    case samples

    /// Returns what a report is best shown by: samples where there are any, which see into the spans, else spans.
    public static func preferred(for report: Report) -> ProfileContent {
        report.samples.tree.nodes.isEmpty ? .spans : .samples
    }

    /// Whether a report has anything of it.
    public func isPresent(in report: Report) -> Bool {
        switch self {
        case .spans: !report.tree.nodes.isEmpty
        case .samples: !report.samples.tree.nodes.isEmpty
        }
    }
}

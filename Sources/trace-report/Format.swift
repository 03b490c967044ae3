#if Tools
import ArgumentParser
import CommandOutput
import TraceReport

/// How a report is written.
enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json, csv, markdown, flamegraph, collapsed, speedscope, pprof

    /// What it is made for.
    enum Kind {
        /// The first screen and every view.
        case text
        /// The report, and views that have rows and columns.
        case table
        /// Stack samples and nothing else.
        case samples
    }

    /// What it is made for.
    var kind: Kind {
        switch self {
        case .text: .text
        case .json, .csv, .markdown: .table
        case .flamegraph, .collapsed, .speedscope, .pprof: .samples
        }
    }

    /// Returns a report as bytes.
    ///
    /// - Parameter view: The part that is asked for; nil: the first screen, or the ranking. It has rows and columns where
    ///   the format is a table.
    func bytes(of report: Report, view: (any ReportView)?, top: Int?, for terminal: Terminal) -> [UInt8] {
        let tabular = view as? any TabularView
        let renderer: any Renderer
        switch self {
        case .pprof: return PprofRenderer().encoded(report)
        case .flamegraph: renderer = FlameGraphRenderer()
        case .collapsed: renderer = CollapsedRenderer()
        case .speedscope: renderer = SpeedscopeRenderer()
        case .csv: renderer = CSVRenderer(view: tabular ?? RankingView(top: top))
        case .markdown: renderer = MarkdownRenderer(view: tabular ?? RankingView(top: top))
        case .json: renderer = tabular.map { ViewJSONRenderer(view: $0) } ?? JSONRenderer(top: top)
        case .text:
            let (columns, usesColor) = (terminal.columns, terminal.usesColor)
            let layout = TextLayout(width: columns, usesColor: usesColor)
            renderer =
                view.map { ViewRenderer(view: $0, layout: layout) }
                ?? TextRenderer(width: columns, usesColor: usesColor, top: top ?? 10)
        }
        return Array(renderer.render(report).utf8)
    }
}
#endif

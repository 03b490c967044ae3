#if Tools
import ArgumentParser
import CommandOutput
import TraceReport

/// How a report is written.
enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json, csv, markdown, html, flamegraph, collapsed, speedscope, pprof, chrome, otlp

    /// What it is made for.
    enum Kind {
        /// The first screen and every view.
        case text
        /// The report, and views that have rows and columns.
        case table
        /// Stacks, of samples or of spans.
        case stacks
        /// Requests, one by one.
        case requests
        /// Everything.
        case page
    }

    /// What it is made for.
    var kind: Kind {
        switch self {
        case .text: .text
        case .json, .csv, .markdown: .table
        case .flamegraph, .collapsed, .speedscope, .pprof: .stacks
        case .chrome, .otlp: .requests
        case .html: .page
        }
    }

    /// Whether it says which ring files lie beside the logs.
    func tellsOfRings(hasView: Bool) -> Bool {
        switch self {
        case .text, .markdown, .html: true
        case .json: !hasView
        case .csv, .flamegraph, .collapsed, .speedscope, .pprof, .chrome, .otlp: false
        }
    }

    /// Returns what writes a report.
    ///
    /// - Parameters:
    ///   - content: What formats of stacks show.
    ///   - view: The part that is asked for; nil: the first screen, or the ranking. It has rows and columns where the format
    ///     is a table.
    func renderer(
        of content: ProfileContent, view: (any ReportView)?, top: Int?, for terminal: Terminal
    ) -> any Renderer {
        let tabular = view as? any TabularView
        switch self {
        case .flamegraph: return FlameGraphRenderer(of: content)
        case .collapsed: return CollapsedRenderer(of: content)
        case .speedscope: return SpeedscopeRenderer(of: content)
        case .pprof: return PprofRenderer(of: content)
        case .chrome: return ChromeRenderer()
        case .otlp: return OTLPRenderer()
        case .html: return HTMLRenderer()
        case .csv: return CSVRenderer(view: tabular ?? RankingView(top: top))
        case .markdown: return MarkdownRenderer(view: tabular ?? RankingView(top: top))
        case .json:
            if let tabular { return ViewJSONRenderer(view: tabular) }
            return JSONRenderer(top: top)
        case .text:
            let (columns, usesColor) = (terminal.columns, terminal.usesColor)
            let layout = TextLayout(width: columns, usesColor: usesColor)
            if let view { return ViewRenderer(view: view, layout: layout) }
            return TextRenderer(width: columns, usesColor: usesColor, top: top ?? 10)
        }
    }
}
#endif

import Foundation
import TraceReport

/// Bytes of a log, and what is wrong with how we take them.
struct FuzzedLog {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// nil: nothing is wrong.
    var mistake: String? {
        let whole = report(parts: 1, usesVectors: true)
        let text = JSONRenderer().render(whole), comparable = textWithoutTimes(whole)
        for parts in [1, 3] where textWithoutTimes(report(parts: parts, usesVectors: false)) != comparable {
            return "in \(parts) parts without vectors the report is another one"
        }
        if textWithoutTimes(report(parts: 2, usesVectors: true)) != comparable {
            return "in 2 parts the report is another one"
        }
        if (try? JSONSerialization.jsonObject(with: Data(text.utf8))) == nil { return "JSONRenderer: no JSON" }
        return whole.functions.lazy.compactMap(impossible).first ?? renderersMistake(whole)
    }

    /// Which clock a record belongs to depends on what was read before it, which damage may take away from a part.
    private func textWithoutTimes(_ report: Report) -> String {
        var report = report
        report.timeline = Timeline()
        for index in report.resources.counters.indices { report.resources.counters[index].growthPerSecond = nil }
        return JSONRenderer().render(report)
    }

    private func report(parts: Int, usesVectors: Bool) -> Report {
        var split = LogAnalyser.Parts(count: parts, minimumBytes: 1)
        split.usesVectors = usesVectors
        var analyser = LogAnalyser(parts: split)
        do {
            try analyser.read(.bytes(bytes, name: "log"))
        } catch {
            fatalError("bytes cannot be read: \(error)")
        }
        return analyser.report()
    }

    private func impossible(_ function: FunctionSummary) -> String? {
        if !(0...1).contains(function.share) { return "\(function.place.name): a share of \(function.share)" }
        let percentiles = [function.p50Nanoseconds, function.p95Nanoseconds, function.p99Nanoseconds].compactMap { $0 }
        return percentiles == percentiles.sorted() ? nil : "\(function.place.name): percentiles fall: \(percentiles)"
    }

    /// A renderer writes what a terminal acts on, or JSON that is none.
    private func renderersMistake(_ report: Report) -> String? {
        let places = Array(report.functions.prefix(3).map(\.place))
        let views: [any ReportView] = [
            RankingView(), TreeView(), RequestsView(), OpenView(), TimelineView(), ExplainView(places),
            CallsView(.callers, of: places), CallsView(.callees, of: places),
        ]
        var renderers: [any Renderer] = [TextRenderer(), TextRenderer(width: 20), CSVRenderer(), MarkdownRenderer()]
        for view in views {
            renderers.append(ViewRenderer(view: view, layout: TextLayout()))
            if let view = view as? any TabularView {
                renderers += [CSVRenderer(view: view), MarkdownRenderer(view: view)] as [any Renderer]
                if let mistake = jsonMistake(ViewJSONRenderer(view: view), report) { return mistake }
            }
        }
        for content in [ProfileContent.samples, .spans] {
            renderers += [FlameGraphRenderer(of: content), CollapsedRenderer(of: content)] as [any Renderer]
            _ = PprofRenderer(of: content).render(report)
            if let mistake = jsonMistake(SpeedscopeRenderer(of: content), report) { return mistake }
        }
        renderers.append(HTMLRenderer())
        for renderer in [ChromeRenderer(), OTLPRenderer()] as [any Renderer] {
            if let mistake = jsonMistake(renderer, report) { return mistake }
        }
        return renderers.lazy.compactMap { textMistake($0, report) }.first
    }

    private func jsonMistake(_ renderer: some Renderer, _ report: Report) -> String? {
        if (try? JSONSerialization.jsonObject(with: Data(renderer.encoded(report)))) != nil { return nil }
        return "\(type(of: renderer)): no JSON"
    }

    private func textMistake(_ renderer: some Renderer, _ report: Report) -> String? {
        // RFC 4180 ends lines of CSV with both.
        let text = String(decoding: renderer.encoded(report), as: UTF8.self)
            .replacingOccurrences(of: "\r\n", with: "\n")
        let forbidden = text.unicodeScalars.first {
            switch $0.value {
            case 0x0A: false
            case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: true
            default: false
            }
        }
        return forbidden.map { "\(type(of: renderer)): writes U+\(String($0.value, radix: 16))" }
    }
}

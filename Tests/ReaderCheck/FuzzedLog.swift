import Foundation
import TraceReport

/// Bytes of a log, and what is wrong with how we take them.
struct FuzzedLog {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// nil: nothing is wrong.
    var mistake: String? { readingMistake ?? renderingMistake }

    /// The same log has to give the same report, in whatever pieces it comes; nil: it does.
    var readingMistake: String? {
        let whole = comparable(report())
        let splits = [
            split(parts: 1, usesVectors: false), split(parts: 3, usesVectors: false), split(parts: 2),
            split(parts: 1, readBytes: 1 + bytes.count % 61),
        ]
        for split in splits where comparable(report(split)) != whole {
            return "\(split): the report is another one"
        }
        return nil
    }

    /// nil: the report has no number that cannot be, and renderers write what they may.
    var renderingMistake: String? {
        let whole = report()
        return whole.functions.lazy.compactMap(impossible).first ?? renderersMistake(whole)
    }

    /// The same file has to give the same report, whether it is read as one or comes through a pipe, alone or with another;
    /// nil: it does.
    var packedMistake: String? {
        // What a pipe holds.
        let file = NamelessFile(Array(bytes.prefix(65_536))), pipe = FilledPipe(Array(bytes.prefix(65_536)))
        let alone = report(of: [file.path])
        if !isRingFile, withoutName(report(of: [pipe.path])) != withoutName(alone) {
            return "through a pipe the report is another one"
        }
        let together = report(of: [file.path, file.path])
        return together.functions == alone.functions ? nil : "read twice at once the report is another one"
    }

    private var isRingFile: Bool { bytes.starts(with: "hhpring1".utf8) }

    private func withoutName(_ report: Report) -> Report {
        var report = comparable(report)
        for index in report.inputs.indices { report.inputs[index].file = "" }
        return report
    }

    /// Which clock a record belongs to depends on what was read before it, which damage may take away from a part.
    private func comparable(_ report: Report) -> Report {
        var report = report
        report.timeline = Timeline()
        for index in report.resources.counters.indices { report.resources.counters[index].growthPerSecond = nil }
        return report
    }

    private func split(
        parts: Int, usesVectors: Bool = true, readBytes: Int = LogAnalyser.Parts().readBytes
    ) -> LogAnalyser.Parts {
        var split = LogAnalyser.Parts(count: parts, minimumBytes: 1)
        split.usesVectors = usesVectors
        split.readBytes = readBytes
        return split
    }

    private func report(_ split: LogAnalyser.Parts? = nil) -> Report {
        report(of: [.bytes(bytes, name: "log")], split ?? self.split(parts: 1))
    }

    private func report(of paths: [String]) -> Report {
        report(of: paths.map { .file($0) }, split(parts: 2))
    }

    private func report(of inputs: [LogInput], _ split: LogAnalyser.Parts) -> Report {
        var analyser = LogAnalyser(parts: split)
        do {
            try analyser.read(inputs)
        } catch {
            // A ring file may say that it is damaged; all else can be read.
            if !isRingFile { fatalError("what is in memory cannot be read: \(error)") }
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
        if let mistake = jsonMistake(JSONRenderer(), report) { return mistake }
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

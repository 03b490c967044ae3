import TraceLog

/// A flame graph: one HTML page that needs no network, with search, zoom, and the numbers of the frame pointed at.
/// Of spans, a frame is as wide as the self time of its path and of all paths below it: calls that ran at once add up.
///
/// Names from the log stand in the page as JSON and as escaped text only, and a content security policy lets nothing run
/// but the page's own script. Without scripts the page shows the hottest functions as a table. The page is XML as well.
public struct FlameGraphRenderer: Renderer {
    /// What is shown.
    public let content: ProfileContent

    /// Makes a renderer.
    public init(of content: ProfileContent = .samples) {
        self.content = content
    }

    /// Returns the page.
    public func render(_ report: Report) -> String {
        let data = FlameGraphData(StackProfile(content, of: report))
        let program = report.processes.first?.program ?? ""
        let title = "Flame graph of " + (program.isEmpty ? "a program" : program)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="\(FlameGraphPage.policy)"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>\(HTMLText.printed(title))</title>
            <style>\(FlameGraphPage.style)</style>
            </head>
            <body>
            <h1>\(HTMLText.printed(title))</h1>
            <p>\(HTMLText.printed(summary(of: report, data)))</p>
            \(FlameGraphPage.controls(legend: content == .spans ? "" : FlameGraphPage.legend))
            <noscript>\(content == .spans ? spanTable(of: report) : sampleTables(of: report.samples))</noscript>
            <script type="application/json" id="samples">\(data.json)</script>
            <script>\(FlameGraphPage.script)</script>
            </body>
            </html>

            """
    }

    private func summary(of report: Report, _ data: FlameGraphData) -> String {
        var parts = content == .spans ? spanSummary(of: data) : sampleSummary(of: report.samples)
        if let start = report.processes.map(\.startWallNanoseconds).min() {
            let time = WallTime(nanoseconds: start)
            parts.append("since \(time.date) \(time.time) UTC")
        }
        if content == .samples { parts += missing(of: report.samples) }
        if data.narrow > 0 {
            let least =
                content == .spans
                ? "less than " + Quantity.duration(data.least)
                : "fewer than " + Quantity.counted(data.least, "sample")
            parts.append(Quantity.counted(UInt64(data.narrow), "frame") + " of \(least) not drawn")
        }
        return parts.joined(separator: ", ") + "."
    }

    private func spanSummary(of data: FlameGraphData) -> [String] {
        let paths = Quantity.counted(UInt64(data.profile.nodes.count), "call path")
        return ["\(Quantity.duration(data.profile.sum)) of self time of spans on \(paths)"]
    }

    private func sampleSummary(of samples: SampleSummary) -> [String] {
        var parts = [Quantity.counted(samples.tree.total.all, "stack sample")]
        if let function = samples.selection.function { parts[0] += " inside \(function)" }
        if samples.tree.total.onCPU > 0, samples.tree.total.offCPU > 0 {
            parts.append("\(Quantity.grouped(samples.tree.total.onCPU)) on a CPU")
            parts.append("\(Quantity.grouped(samples.tree.total.offCPU)) waiting")
        }
        return parts
    }

    private func missing(of samples: SampleSummary) -> [String] {
        var parts: [String] = []
        let periods = [samples.taken, samples.unkept, samples.unsampled].reduce(0, saturatingSum)
        if samples.unsampled > 0 {
            let share = Quantity.finePercent(Double(samples.unsampled) / Double(periods))
            parts.append("\(share) of the periods not sampled")
        }
        if samples.cut > 0 { parts.append(Quantity.counted(samples.cut, "sample") + " cut") }
        return parts
    }

    private func sampleTables(of samples: SampleSummary) -> String {
        let groups = [("on a CPU", samples.onCPU), ("waiting", samples.offCPU)].filter { $0.1.samples > 0 }
        return groups.map { title, group in
            let rows = group.functions.prefix(50).map { hot in
                let name = (hot.what.isEmpty ? "" : hot.what + " in ") + hot.frame.label
                let share = Quantity.percent(Double(hot.own) / Double(group.samples))
                return [name, hot.frame.module, "\(hot.own)", share]
            }
            let caption = "\(Quantity.counted(group.samples, "sample")) \(title)"
            return table(caption, ["function", "module", "samples", "share"], rows)
        }.joined()
    }

    private func spanTable(of report: Report) -> String {
        let functions = report.functions.sorted(by: SortKey.selfTime.areInOrder)
        let rows = functions.prefix(50).map { function in
            let share = Quantity.percent(function.share)
            let place = function.file.isEmpty ? "" : "\(function.file):\(function.line)"
            return [function.name, place, "\(function.count)", Quantity.duration(function.selfNanoseconds), share]
        }
        return table("Self time of spans", ["function", "place", "calls", "self time", "share"], rows)
    }

    private func table(_ caption: String, _ heads: [String], _ rows: [[String]]) -> String {
        let head = heads.map { "<th scope=\"col\">\($0)</th>" }.joined()
        let body = rows.map { "<tr>" + $0.map { "<td>\(HTMLText.printed($0))</td>" }.joined() + "</tr>" }.joined()
        return "<table><caption>\(caption)</caption><tr>\(head)</tr>\(body)</table>"
    }
}

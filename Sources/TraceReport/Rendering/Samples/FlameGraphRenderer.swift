import TraceLog

/// Samples as a flame graph: one HTML page that needs no network, with search, zoom, and the numbers of the frame pointed at.
///
/// Names from the log stand in the page as JSON and as escaped text only, and a content security policy lets nothing run but
/// the page's own script. Without scripts the page shows the hottest functions as a table. The page is XML as well.
public struct FlameGraphRenderer: Renderer {
    /// More nodes are not drawn: narrower ones are left out until the others are no more than that.
    private static let maximumNodes = 50_000

    /// Makes a renderer.
    public init() {}

    /// Returns the page.
    public func render(_ report: Report) -> String {
        let tree = report.samples.tree
        let program = report.processes.first?.program ?? ""
        let title = "Flame graph of " + (program.isEmpty ? "a program" : program)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="\(FlameGraphPage.policy)"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>\(Self.escaped(title))</title>
            <style>\(FlameGraphPage.style)</style>
            </head>
            <body>
            <h1>\(Self.escaped(title))</h1>
            <p>\(Self.escaped(summary(of: report)))</p>
            \(FlameGraphPage.controls)
            <noscript>\(table(of: report.samples))</noscript>
            <script type="application/json" id="samples">\(data(of: tree))</script>
            <script>\(FlameGraphPage.script)</script>
            </body>
            </html>

            """
    }

    private func summary(of report: Report) -> String {
        let samples = report.samples
        var parts = [Quantity.counted(samples.tree.total.all, "stack sample")]
        if let function = samples.selection.function { parts[0] += " inside \(function)" }
        if samples.tree.total.onCPU > 0, samples.tree.total.offCPU > 0 {
            parts.append("\(Quantity.grouped(samples.tree.total.onCPU)) on a CPU")
            parts.append("\(Quantity.grouped(samples.tree.total.offCPU)) waiting")
        }
        if let start = report.processes.map(\.startWallNanoseconds).min() {
            let time = WallTime(nanoseconds: start)
            parts.append("since \(time.date) \(time.time) UTC")
        }
        let periods = [samples.taken, samples.unkept, samples.unsampled].reduce(0, saturatingSum)
        if samples.unsampled > 0 {
            let share = Quantity.finePercent(Double(samples.unsampled) / Double(periods))
            parts.append("\(share) of the periods not sampled")
        }
        if samples.cut > 0 { parts.append(Quantity.counted(samples.cut, "sample") + " cut") }
        let least = Self.leastSamples(of: samples.tree)
        let narrow = samples.tree.nodes.count { $0.total.all < least }
        if narrow > 0 {
            parts.append(
                Quantity.counted(UInt64(narrow), "frame") + " of fewer than "
                    + Quantity.counted(least, "sample") + " not drawn")
        }
        return parts.joined(separator: ", ") + "."
    }

    /// `{"frames":[[label, place, kind]…],"total":[on CPU, waiting],"nodes":[[depth, frame, on CPU, waiting]…]}`, in the tree's order.
    private func data(of tree: SampleTree) -> String {
        var json = JSONWriter()
        json.object { json in
            json.array("frames") { json in
                for frame in tree.frames {
                    json.array { json in
                        json.element(frame.label)
                        json.element(Self.place(of: frame))
                        json.element(Self.kind(of: frame))
                    }
                }
            }
            json.array("total") { json in
                json.element(tree.total.onCPU)
                json.element(tree.total.offCPU)
            }
            json.array("nodes") { json in
                let least = Self.leastSamples(of: tree)
                for node in tree.nodes where node.total.all >= least {
                    json.array { json in
                        json.element(UInt64(node.depth))
                        json.element(UInt64(node.frame))
                        json.element(node.total.onCPU)
                        json.element(node.total.offCPU)
                    }
                }
            }
        }
        return HTMLText.escapedJSON(json.text)
    }

    /// Returns how many samples a node must have to be drawn. What is under a narrow node is as narrow, so that no node
    /// loses the one it stands under.
    private static func leastSamples(of tree: SampleTree) -> UInt64 {
        guard tree.nodes.count > maximumNodes else { return 0 }
        let sorted = tree.nodes.map(\.total.all).sorted(by: >)
        return saturatingSum(sorted[maximumNodes], 1)
    }

    private static func kind(of frame: SampleFrame) -> String {
        switch frame.kind {
        case .span: "span"
        case .code: frame.isInlined ? "inlined" : "code"
        case .asyncCode: "async"
        case .wait: "wait"
        case .mark: "mark"
        }
    }

    private static func place(of frame: SampleFrame) -> String {
        let file = frame.line > 0 ? "\(frame.file):\(frame.line)" : frame.file
        return [frame.module, file].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    private func table(of samples: SampleSummary) -> String {
        let groups = [("on a CPU", samples.onCPU), ("waiting", samples.offCPU)].filter { $0.1.samples > 0 }
        return groups.map { title, group in
            let rows = group.functions.prefix(50).map { hot in
                let name = (hot.what.isEmpty ? "" : hot.what + " in ") + hot.frame.label
                let share = Quantity.percent(Double(hot.own) / Double(group.samples))
                return "<tr><td>\(Self.escaped(name))</td><td>\(Self.escaped(hot.frame.module))</td>"
                    + "<td>\(hot.own)</td><td>\(Self.escaped(share))</td></tr>"
            }
            return "<table><caption>\(Quantity.counted(group.samples, "sample")) \(title)</caption>"
                + "<tr><th scope=\"col\">function</th><th scope=\"col\">module</th><th scope=\"col\">samples</th>"
                + "<th scope=\"col\">share</th></tr>" + rows.joined() + "</table>"
        }.joined()
    }

    /// Returns text for an element or an attribute.
    private static func escaped(_ text: String) -> String { HTMLText.escaped(SafeText.escaped(text)) }
}

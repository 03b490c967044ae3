/// A flame graph of what changed between two deployments: one HTML page that needs no network and no script.
///
/// A path is as wide as the larger of its self times per request, with those of everything below. It is orange and has a
/// plus where it takes more than before, blue and a minus where it takes less. Without colours and pictures, a table says
/// the same of the functions that changed most.
public struct DifferentialFlameGraphRenderer: Renderer {
    /// The older deployment.
    public let baseline: Report

    /// Makes a renderer that compares reports with an older one.
    public init(comparedWith baseline: Report) {
        self.baseline = baseline
    }

    /// Narrower paths are not drawn, as shares of everything, nor deeper ones.
    private static let leastShare = 0.001
    private static let mostDepth = 200
    private static let (columns, rowHeight) = (1200.0, 18)

    /// Returns the page.
    public func render(_ report: Report) -> String {
        let tree = DifferentialTree(before: baseline, after: report)
        let program = report.processes.first?.program ?? ""
        let title = "What changed in " + (program.isEmpty ? "a program" : program)
        let boxes = boxes(of: tree)
        let height = ((boxes.map(\.depth).max() ?? 0) + 1) * Self.rowHeight
        let hidden = tree.nodes.count - boxes.count
        let left = hidden > 0 ? " \(Quantity.counted(UInt64(hidden), "narrow path")) not drawn." : ""
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '\(Self.styleDigest)'"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>\(HTMLText.printed(title))</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <h1>\(HTMLText.printed(title))</h1>
            <p>Self time per request, by call path: <span class="more">+ more than before</span>, \
            <span class="less">- less</span>, <span class="same">about the same</span>.\(left)</p>
            <svg viewBox="0 0 1200 \(height)" role="img" aria-label="Flame graph of changes; the table says the same">
            \(boxes.map { svg(of: $0, tree.nodes[$0.node]) }.joined(separator: "\n"))
            </svg>
            \(table(of: tree))
            </body>
            </html>

            """
    }

    private struct Box {
        var node: Int
        var depth: Int
        var left: Double
        var width: Double
    }

    private func boxes(of tree: DifferentialTree) -> [Box] {
        let total = tree.roots.reduce(0) { $0 + tree.nodes[$1].width }
        guard total > 0 else { return [] }
        var boxes: [Box] = []
        var open: [(children: [Int], left: Double)] = [(tree.roots, 0)]
        while let (children, start) = open.popLast() {
            var left = start
            for child in children {
                let node = tree.nodes[child]
                let width = node.width / total
                if width >= Self.leastShare, node.depth < Self.mostDepth {
                    boxes.append(
                        Box(node: child, depth: node.depth, left: left * Self.columns, width: width * Self.columns))
                    open.append((node.children, left))
                }
                left += width
            }
        }
        return boxes
    }

    private func svg(of box: Box, _ node: DifferentialTree.Node) -> String {
        let words = Self.words(of: node)
        // About six units a character of this size.
        let room = Int(box.width / 6.5) - 1
        let label = room > 2 ? TextLayout.name(Self.sign(of: node) + " " + node.place.name, columns: room) : ""
        let (x, y) = (Self.number(box.left), box.depth * Self.rowHeight)
        var svg = "<g class=\"\(Self.kind(of: node))\"><title>\(HTMLText.printed(words))</title>"
        svg += "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(Self.number(box.width))\" height=\"17\"/>"
        if !label.isEmpty {
            svg += "<text x=\"\(Self.number(box.left + 3))\" y=\"\(y + 13)\">\(HTMLText.escaped(label))</text>"
        }
        return svg + "</g>"
    }

    private func table(of tree: DifferentialTree) -> String {
        let changed = tree.nodes.filter { Self.kind(of: $0) != "same" }.sorted { abs($0.change) > abs($1.change) }
        let rows = changed.prefix(50).map { node in
            let cells = [
                Self.sign(of: node), node.place.name, Self.duration(node.before), Self.duration(node.after),
                node.before > 0 ? ComparisonWords.signed(node.change / node.before) : "new",
            ]
            return "<tr>" + cells.map { "<td>\(HTMLText.printed($0))</td>" }.joined() + "</tr>"
        }
        let heads = ["", "path's innermost function", "before", "after", "change"]
        return "<table><caption>Paths that changed most, with everything below, per request</caption><tr>"
            + heads.map { "<th scope=\"col\">\($0)</th>" }.joined() + "</tr>" + rows.joined() + "</table>"
    }

    private static func words(of node: DifferentialTree.Node) -> String {
        let share = node.before > 0 ? ComparisonWords.signed(node.change / node.before) : "new"
        return "\(node.place.name): \(duration(node.before)) → \(duration(node.after)) per request, \(share)"
    }

    /// A change below a twentieth is about none.
    private static func kind(of node: DifferentialTree.Node) -> String {
        abs(node.change) < 0.05 * max(node.before, node.after) ? "same" : node.change > 0 ? "more" : "less"
    }

    private static func sign(of node: DifferentialTree.Node) -> String {
        switch kind(of: node) {
        case "more": "+"
        case "less": "-"
        default: "="
        }
    }

    private static func duration(_ nanoseconds: Double) -> String {
        Quantity.duration(UInt64(min(1e18, nanoseconds.rounded())))
    }

    /// With one digit after the point, which is a tenth of a pixel.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// SHA-256 of ``style`` in base 64. A test compares them.
    static let styleDigest = "sha256-l6oIKfG83IKZVHQxIXAqyRwOhJA+jUybqs3pxkttx3g="

    static let style = """
        :root{color-scheme:light dark}
        body{font:13px system-ui,sans-serif;margin:1em}
        svg{width:100%;min-width:600px}
        text{font:11px ui-monospace,monospace;fill:#111}
        rect{stroke:#fff;stroke-width:.5}
        .more rect{fill:#f6a04d}.less rect{fill:#8fbdf0}.same rect{fill:#ccc}
        .more,.less,.same{color:#111;padding:0 .4em}
        .more{background:#f6a04d}.less{background:#8fbdf0}.same{background:#ccc}
        td,th{text-align:left;padding:0 1em 0 0}
        """
}

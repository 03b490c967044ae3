import TraceLog

/// The calling-context tree: functions under those that called them, indented.
public struct TreeView: TabularView {
    /// Calls that took less than this part of all requests' time are put together.
    static let foldedShare = 0.01

    /// Makes the view.
    public init() {}

    /// `tree`.
    public var name: String { "tree" }

    /// Returns the tree as text, without what took under 1 % of the time.
    public func lines(of report: Report, in layout: TextLayout) -> [String] {
        guard !report.tree.nodes.isEmpty else { return ["No call path is recorded."] }
        var lines = [layout.style.strong(TreeLine.heading)]
        let all = rootTime(of: report.tree)
        for item in items(of: report.tree, all: all) {
            switch item {
            case .node(let index):
                lines.append(TreeLine.line(of: report.tree.nodes[index], in: report.tree, all: all, layout))
            case .folded(let count, let time, let depth):
                let share = all > 0 ? Double(time) / all : 0
                lines.append(TreeLine.folded(count, time: time, share: share, depth: depth, layout))
            }
        }
        let notes = ["total: with everything called; self: in its own code;", "share: total of that of all roots."]
        return lines + TextLayout.flow(notes, width: layout.width, separator: " ").map(layout.style.dim)
    }

    /// Returns a row for each node, folded or not, in the order of the tree.
    public func table(of report: Report) -> ReportTable {
        let numbers = [
            "count", "total_ns", "self_ns", "share", "cpu_ns", "p50_ns", "p99_ns", "max_ns", "errors",
        ]
        let start: [ReportTable.Column] = [.init("node"), .init("parent"), .init("depth")]
        var table = ReportTable(columns: start + FunctionPlace.tableColumns + numbers.map { .init($0) })
        let all = rootTime(of: report.tree)
        for (index, node) in report.tree.nodes.enumerated() {
            // Nodes are numbered from 1, so that 0 is no node.
            let place: [ReportTable.Value] = [
                .number(UInt64(index) + 1), .number(UInt64((node.parent ?? -1) + 1)), .number(UInt64(node.depth)),
            ]
            table.append(
                place + report.tree.functions[node.function].tableValues + [
                    .count(node.count), .nanoseconds(node.totalNanoseconds), .nanoseconds(node.selfNanoseconds),
                    .share(all > 0 ? Double(node.totalNanoseconds) / all : 0), .nanoseconds(node.cpuNanoseconds),
                    .nanoseconds(node.p50Nanoseconds), .nanoseconds(node.p99Nanoseconds),
                    .nanoseconds(node.maximumNanoseconds), .count(node.errors),
                ])
        }
        return table
    }

    private enum Item {
        case node(Int)
        /// So many siblings with what is below them, and their time.
        case folded(UInt64, UInt64, depth: Int)
    }

    /// What is shown, in order. Siblings are sorted by time, so those that are folded are the last ones.
    private func items(of tree: CallingContextTree, all: Double) -> [Item] {
        let bound = all * Self.foldedShare
        var items: [Item] = []
        /// What was folded at each depth, and is shown when the last of the siblings has been met.
        var folded: [(count: UInt64, time: UInt64)] = []
        func close(to depth: Int) {
            while folded.count > depth {
                let last = folded.removeLast()
                if last.count > 0 { items.append(.folded(last.count, last.time, depth: folded.count)) }
            }
        }
        var foldedDepth = Int.max
        for (index, node) in tree.nodes.enumerated() {
            if node.depth > foldedDepth { continue }
            foldedDepth = .max
            close(to: node.depth + 1)
            if folded.count <= node.depth { folded.append((0, 0)) }
            if Double(node.totalNanoseconds) < bound {
                folded[node.depth].count += 1
                folded[node.depth].time = saturatingSum(folded[node.depth].time, node.totalNanoseconds)
                foldedDepth = node.depth
            } else {
                items.append(.node(index))
            }
        }
        close(to: 0)
        return items
    }

    private func rootTime(of tree: CallingContextTree) -> Double {
        tree.nodes.reduce(0.0) { $0 + ($1.parent == nil ? Double($1.totalNanoseconds) : 0) }
    }
}

/// A line of the tree: numbers, then the function, as far to the right as it is deep.
private enum TreeLine {
    private static let numbersWidth = 36

    static let heading = "  total   self   calls share    p99  function"

    static func line(
        of node: CallingContextTree.Node, in tree: CallingContextTree, all: Double, _ layout: TextLayout
    ) -> String {
        let share = all > 0 ? Double(node.totalNanoseconds) / all : 0
        let cells: [(String, Int)] = [
            (Quantity.duration(node.totalNanoseconds), 7), (Quantity.duration(node.selfNanoseconds), 7),
            (Quantity.count(node.count), 8), (Quantity.wholePercent(share), 6),
            (node.p99Nanoseconds.map(Quantity.duration) ?? "?", 7),
        ]
        let numbers = cells.map { TextLayout.rightAligned($0.0, in: $0.1) }.joined() + "  "
        let start = indentation(node.depth, layout)
        let room = layout.width - SafeText.columns(of: numbers) - SafeText.columns(of: start)
        let place = tree.functions[node.function]
        let name = TextLayout.name(place.name, columns: room)
        let rest = room - SafeText.columns(of: name) - 2
        var line = numbers + start + (node.depth == 0 ? layout.style.strong(name) : name)
        if !place.file.isEmpty, rest >= 16 {
            line += "  " + layout.style.dim(TextFindings.position(of: place, columns: rest))
        }
        return line
    }

    static func folded(_ count: UInt64, time: UInt64, share: Double, depth: Int, _ layout: TextLayout) -> String {
        let numbers =
            TextLayout.rightAligned(Quantity.duration(time), in: 7) + String(repeating: " ", count: 15)
            + TextLayout.rightAligned(Quantity.wholePercent(share), in: 6) + String(repeating: " ", count: 9)
        let text = "… \(Quantity.grouped(count)) more under 1%"
        return layout.style.dim(SafeText.middleTruncated(numbers + indentation(depth, layout) + text, to: layout.width))
    }

    /// Two columns a level. Beyond a quarter of the width the level is told as a number.
    private static func indentation(_ depth: Int, _ layout: TextLayout) -> String {
        let levels = layout.width / 8
        guard depth > levels else { return String(repeating: "  ", count: depth) }
        return String(repeating: "  ", count: levels - 2) + TextLayout.padded("+\(depth - levels)", to: 4) + " "
    }
}

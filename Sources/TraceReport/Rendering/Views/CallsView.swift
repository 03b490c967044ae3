/// Who calls functions, or what they call, with the calls and the time along each edge.
public struct CallsView: TabularView {
    /// Which edges are shown.
    public enum Direction: String, Sendable {
        /// From functions that call the function.
        case callers
        /// To functions that it calls.
        case callees
    }

    /// The functions in question.
    public let places: [FunctionPlace]
    /// Which of their edges are shown.
    public let direction: Direction

    /// Makes the view.
    public init(_ direction: Direction, of places: [FunctionPlace]) {
        self.direction = direction
        self.places = places
    }

    /// `callers` or `callees`.
    public var name: String { direction.rawValue }

    /// Returns a list of edges for each function.
    public func lines(of report: Report, in layout: TextLayout) -> [String] {
        let graph = CallGraph(report.tree, direction, of: places)
        return Array(
            places.map { place in
                [PlaceLine.heading(place, layout)] + PlaceLine.totals(of: place, in: report, layout)
                    + EdgeList(direction: direction, layout: layout).lines(graph.edges(of: place))
            }.joined(separator: [""]))
    }

    /// Returns a row for each edge.
    public func table(of report: Report) -> ReportTable {
        let other = direction == .callers ? "caller" : "callee"
        let named = FunctionPlace.tableColumns.map { ReportTable.Column(other + "_" + $0.name) }
        let numbers = ["count", "total_ns", "share"].map { ReportTable.Column($0) }
        var table = ReportTable(columns: FunctionPlace.tableColumns + named + numbers)
        let graph = CallGraph(report.tree, direction, of: places)
        for place in places {
            for edge in graph.edges(of: place) {
                table.append(
                    place.tableValues + (edge.place ?? FunctionPlace(name: edge.label)).tableValues + [
                        .count(edge.count), .nanoseconds(edge.nanoseconds), .share(edge.share),
                    ])
            }
        }
        return table
    }
}

/// The lines that begin what is said about a function.
enum PlaceLine {
    static func heading(_ place: FunctionPlace, _ layout: TextLayout) -> String {
        let name = TextLayout.name(place.name, columns: layout.width / 2)
        let rest = TextFindings.place(of: place, columns: layout.width - 2 - SafeText.columns(of: name))
        return layout.style.strong(name) + (rest.isEmpty ? "" : "  " + layout.style.dim(rest))
    }

    /// `300 calls, 3.90s with everything called, 3.00s (50%) in its own code.`
    static func totals(of place: FunctionPlace, in report: Report, _ layout: TextLayout) -> [String] {
        guard let function = report.functions.first(where: { $0.place == place }) else { return [] }
        let items = [
            Quantity.count(function.count) + (function.count == 1 ? " call," : " calls,"),
            Quantity.duration(function.totalNanoseconds) + " with everything called,",
            Quantity.duration(function.selfNanoseconds) + " in its own code:",
            Quantity.percent(function.share) + " of all recorded time.",
        ]
        return TextLayout.flow(items, width: layout.width, separator: " ")
    }
}

/// Edges as lines, the most time first.
struct EdgeList {
    let direction: CallsView.Direction
    let layout: TextLayout

    func lines(_ edges: [CallGraph.Edge]) -> [String] {
        let heading = direction == .callers ? "called by" : "calls"
        let start = TextLayout.rightAligned("calls", in: 9) + TextLayout.rightAligned("total", in: 8)
        var lines = [layout.style.strong(start + " share            " + heading)]
        for edge in edges {
            let numbers =
                TextLayout.rightAligned(edge.count.map(Quantity.count) ?? "", in: 9)
                + TextLayout.rightAligned(Quantity.duration(edge.nanoseconds), in: 8)
                + TextLayout.rightAligned(Quantity.wholePercent(edge.share), in: 6) + "  "
            let bar = TextLayout.padded(TextLayout.bar(share: edge.share, columns: 8), to: 8)
            let room = layout.width - 35
            let name = TextLayout.name(edge.place?.name ?? edge.label, columns: room)
            let rest = room - SafeText.columns(of: name) - 2
            let function = rest >= 16 ? edge.place.flatMap { $0.file.isEmpty ? nil : $0 } : nil
            let place = function.map { TextFindings.position(of: $0, columns: rest) } ?? ""
            lines.append(
                numbers + layout.style.bar(bar) + "  " + name + (place.isEmpty ? "" : "  " + layout.style.dim(place)))
        }
        if edges.isEmpty { lines.append("  (no call path is recorded)") }
        return lines
    }
}

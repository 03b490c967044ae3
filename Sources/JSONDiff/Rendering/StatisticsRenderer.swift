/// Writes how many changes there are: of each kind, and where, by the first step of their paths (and the second, in an array).
public struct StatisticsRenderer: JSONDifferenceRenderer {
    /// How wide lines may be; at least 60.
    public var width: Int
    /// How many places are shown, those with the most changes first.
    public var maximumPlaces: Int

    /// A renderer of counts.
    public init(width: Int = 100, maximumPlaces: Int = 30) {
        self.width = max(60, width)
        self.maximumPlaces = max(1, maximumPlaces)
    }

    /// Writes all of it.
    public func render(_ difference: JSONDifference, to output: inout RenderedOutput) throws {
        var all = ChangeCounts()
        var places: [[[UInt8]]: ChangeCounts] = [:]
        let nodes = placeNodes(difference.paths)
        var names: [Int32: [[UInt8]]] = [:]
        for edit in difference.edits {
            all.add(edit.kind)
            let node = nodes[Int(edit.path)]
            let name = names[node] ?? name(of: node, in: difference)
            names[node] = name
            places[name, default: ChangeCounts()].add(edit.kind)
        }
        output.append(all.sentence(isCutOff: difference.isCutOff) + "\n")
        guard all.all > 0 else { return }
        let sorted = places.sorted { left, right in
            left.value.all != right.value.all
                ? left.value.all > right.value.all
                : left.key.lexicographicallyPrecedes(right.key) { $0.lexicographicallyPrecedes($1) }
        }
        let shown = sorted.prefix(maximumPlaces).map { place in
            (path: PathText(place.key, columns: width - 36), counts: place.value)
        }
        let columns = max(4, shown.map { max(1, $0.path.columns) }.max() ?? 4)
        func row(_ path: String, _ used: Int, _ cells: [String]) -> String {
            path + String(repeating: " ", count: columns - used)
                + cells.map { String(repeating: " ", count: max(1, 9 - $0.count)) + $0 }.joined() + "\n"
        }
        output.append("\n" + row("path", 4, ["added", "removed", "replaced", "moved"]))
        for (path, counts) in shown {
            let cells = [counts.added, counts.removed, counts.replaced, counts.moved].map { $0 == 0 ? "·" : String($0) }
            output.append(row(path.columns == 0 ? "/" : path.text, max(1, path.columns), cells))
            try output.pass()
        }
        let rest = sorted.dropFirst(maximumPlaces)
        if !rest.isEmpty {
            output.append("… \(rest.reduce(0) { $0 + $1.value.all }) more changes in \(rest.count) more places\n")
        }
    }

    /// For each node, the one on its path that it is counted under.
    private func placeNodes(_ paths: PathTree) -> [Int32] {
        var places = [Int32](repeating: 0, count: paths.nodes.count)
        for (index, node) in paths.nodes.enumerated().dropFirst() {
            let above = places[Int(node.parent)]
            var isBelowElement = false
            if node.parent > 0, node.parent == above, paths.nodes[Int(above)].parent == 0,
                case .index = paths.nodes[Int(above)].step
            {
                isBelowElement = true
            }
            places[index] = node.parent == 0 || isBelowElement ? Int32(index) : above
        }
        return places
    }

    private func name(of node: Int32, in difference: JSONDifference) -> [[UInt8]] {
        difference.paths.steps(to: node).map { step in
            if case .index = step { [UInt8(ascii: "*")] } else { difference.token(of: step, .old) }
        }
    }
}

import TraceLog

/// Edges between functions, put together from the paths of a calling-context tree.
struct CallGraph {
    /// Calls from one function to another.
    struct Edge: Equatable {
        /// The other function; nil for what is none: a request's begin, a function's own code.
        let place: FunctionPlace?
        /// Calls; nil for a function's own code.
        var count: UInt64?
        /// The time of the called function with everything it called, nanoseconds. Recursion over the same edge counts once.
        var nanoseconds: UInt64
        /// Its part of the time of all edges of the list, 0…1.
        var share = 0.0

        /// What stands for a function where there is none.
        var label: String { count == nil ? "(its own code)" : "(nothing: a root)" }
    }

    private let tree: CallingContextTree

    init(_ tree: CallingContextTree) {
        self.tree = tree
    }

    /// Returns the edges to or from a function, the most time first.
    func edges(_ direction: CallsView.Direction, of place: FunctionPlace) -> [Edge] {
        guard let function = tree.functions.firstIndex(of: place) else { return [] }
        var edges: [Int: Edge] = [:]
        var ownTime: UInt64?
        /// The open nodes' edges to others, and how often each is open.
        var open: [Int?] = []
        var openCount: [Int: Int] = [:]
        for node in tree.nodes {
            while open.count > node.depth {
                if let edge = open.removeLast() { openCount[edge, default: 1] -= 1 }
            }
            if node.function == function { ownTime = saturatingSum(ownTime ?? 0, node.selfNanoseconds) }
            let other = otherEnd(of: node, direction, function)
            open.append(other)
            guard let other else { continue }
            let isOutermost = openCount[other, default: 0] == 0
            openCount[other, default: 0] += 1
            let place = other == Self.noFunction ? nil : tree.functions[other]
            var edge = edges[other] ?? Edge(place: place, count: 0, nanoseconds: 0)
            edge.count = saturatingSum(edge.count ?? 0, node.count)
            if isOutermost { edge.nanoseconds = saturatingSum(edge.nanoseconds, node.totalNanoseconds) }
            edges[other] = edge
        }
        var list = Array(edges.values)
        if direction == .callees, let ownTime { list.append(Edge(place: nil, count: nil, nanoseconds: ownTime)) }
        return sorted(list)
    }

    private static let noFunction = -1

    /// The function at the other end of the edge that leads to a node, where the edge is one of `function`'s.
    private func otherEnd(
        of node: CallingContextTree.Node, _ direction: CallsView.Direction, _ function: Int
    ) -> Int? {
        let caller = node.parent.map { tree.nodes[$0].function }
        switch direction {
        case .callers: return node.function == function ? caller ?? Self.noFunction : nil
        case .callees: return caller == function ? node.function : nil
        }
    }

    private func sorted(_ edges: [Edge]) -> [Edge] {
        let all = edges.reduce(0.0) { $0 + Double($1.nanoseconds) }
        return
            edges.map { edge in
                var edge = edge
                edge.share = all > 0 ? Double(edge.nanoseconds) / all : 0
                return edge
            }
            .sorted {
                if $0.nanoseconds != $1.nanoseconds { return $0.nanoseconds > $1.nanoseconds }
                return ($0.place ?? FunctionPlace(name: "")) < ($1.place ?? FunctionPlace(name: ""))
            }
    }
}

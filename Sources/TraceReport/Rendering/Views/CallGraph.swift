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

    private let edgesOfPlace: [FunctionPlace: [Edge]]

    /// Finds the edges from or to functions, in one walk through the tree.
    init(_ tree: CallingContextTree, _ direction: CallsView.Direction, of places: [FunctionPlace]) {
        var sums = EdgeSums(tree: tree, direction: direction, places: places)
        for node in tree.nodes { sums.visit(node) }
        var edgesOfPlace: [FunctionPlace: [Edge]] = [:]
        for (pair, edge) in sums.edges { edgesOfPlace[tree.functions[pair.function], default: []].append(edge) }
        if direction == .callees {
            for (function, time) in sums.ownTime {
                let own = Edge(place: nil, count: nil, nanoseconds: time)
                edgesOfPlace[tree.functions[function], default: []].append(own)
            }
        }
        self.edgesOfPlace = edgesOfPlace.mapValues(Self.sorted)
    }

    /// Returns the edges to or from a function, the most time first.
    func edges(of place: FunctionPlace) -> [Edge] { edgesOfPlace[place] ?? [] }

    private static func sorted(_ edges: [Edge]) -> [Edge] {
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

/// The sums of edges, while a tree is walked through.
private struct EdgeSums {
    /// A function, and the one at the other end of an edge of its.
    struct Pair: Hashable {
        let function: Int
        let other: Int
    }

    private(set) var edges: [Pair: CallGraph.Edge] = [:]
    /// Self time of the functions.
    private(set) var ownTime: [Int: UInt64] = [:]

    private let tree: CallingContextTree
    private let direction: CallsView.Direction
    private let isWanted: [Bool]
    /// The open nodes' edges, and how often each is open.
    private var open: [Pair?] = []
    private var openCount: [Pair: Int] = [:]
    private static let noFunction = -1

    init(tree: CallingContextTree, direction: CallsView.Direction, places: [FunctionPlace]) {
        self.tree = tree
        self.direction = direction
        let wanted = Set(places)
        isWanted = tree.functions.map(wanted.contains)
    }

    /// Takes the next node of the tree.
    mutating func visit(_ node: CallingContextTree.Node) {
        while open.count > node.depth {
            if let pair = open.removeLast() { openCount[pair, default: 1] -= 1 }
        }
        if isWanted[node.function] {
            ownTime[node.function] = saturatingSum(ownTime[node.function] ?? 0, node.selfNanoseconds)
        }
        let pair = edge(to: node)
        open.append(pair)
        guard let pair else { return }
        let isOutermost = openCount[pair, default: 0] == 0
        openCount[pair, default: 0] += 1
        let place = pair.other == Self.noFunction ? nil : tree.functions[pair.other]
        var edge = edges[pair] ?? CallGraph.Edge(place: place, count: 0, nanoseconds: 0)
        edge.count = saturatingSum(edge.count ?? 0, node.count)
        if isOutermost { edge.nanoseconds = saturatingSum(edge.nanoseconds, node.totalNanoseconds) }
        edges[pair] = edge
    }

    /// Returns the edge that leads to a node, where it is one of a wanted function's.
    private func edge(to node: CallingContextTree.Node) -> Pair? {
        let caller = node.parent.map { tree.nodes[$0].function }
        switch direction {
        case .callers:
            return isWanted[node.function] ? Pair(function: node.function, other: caller ?? Self.noFunction) : nil
        case .callees: return caller.flatMap { isWanted[$0] ? Pair(function: $0, other: node.function) : nil }
        }
    }
}

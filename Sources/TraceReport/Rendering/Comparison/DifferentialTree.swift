import TraceLog

/// Two calling-context trees laid over each other: for each path, its self time per request before and after.
///
/// Functions are the same where ``Comparison`` takes them for the same: lines move between deployments.
struct DifferentialTree {
    /// A path.
    struct Node {
        /// Its function, as the newer report has it where both do.
        var place: FunctionPlace
        /// The path it is under; nil for the outermost.
        var parent: Int?
        /// How many paths it is under.
        var depth: Int
        /// Its node in the newer tree; nil where it is gone.
        var newer: Int?
        var children: [Int] = []
        /// Self time per request, nanoseconds, of this path alone.
        var ownBefore = 0.0
        var ownAfter = 0.0
        /// Self time per request with everything below, nanoseconds.
        var before = 0.0
        var after = 0.0
        /// How wide it is drawn: the larger of both self times, with those of everything below, so that what is gone
        /// does not vanish.
        var width = 0.0

        /// How much more it takes after, nanoseconds per request.
        var change: Double { after - before }
    }

    private struct Key: Hashable {
        var parent: Int?
        var place: FunctionPlace
    }

    /// Each after the one it is under.
    private(set) var nodes: [Node] = []
    /// The outermost paths: those of the newer tree, in its order, and those that are gone.
    private(set) var roots: [Int] = []
    /// Calls of the newer tree's roots.
    private(set) var requestsAfter = 0.0
    private var indexOfKey: [Key: Int] = [:]

    init(before: Report, after: Report) {
        let pairs = FunctionPairs(before, after).both
        let newPlace = Dictionary(pairs.map { ($0.before.place, $0.after.place) }, uniquingKeysWith: { one, _ in one })
        requestsAfter = Self.requests(of: after.tree)
        add(after.tree, to: \.ownAfter, isNewer: true) { $0 }
        add(before.tree, to: \.ownBefore, isNewer: false) { newPlace[$0] ?? $0 }
        for index in nodes.indices {
            nodes[index].before = nodes[index].ownBefore
            nodes[index].after = nodes[index].ownAfter
            nodes[index].width = max(nodes[index].ownBefore, nodes[index].ownAfter)
        }
        for index in nodes.indices.reversed() {
            guard let parent = nodes[index].parent else { continue }
            nodes[parent].before += nodes[index].before
            nodes[parent].after += nodes[index].after
            nodes[parent].width += nodes[index].width
        }
        for index in nodes.indices {
            if let parent = nodes[index].parent { nodes[parent].children.append(index) } else { roots.append(index) }
        }
    }

    private static func requests(of tree: CallingContextTree) -> Double {
        tree.nodes.reduce(0) { $1.parent == nil ? $0 + Double($1.count) : $0 }
    }

    private mutating func add(
        _ tree: CallingContextTree, to side: WritableKeyPath<Node, Double>, isNewer: Bool,
        _ named: (FunctionPlace) -> FunctionPlace
    ) {
        let requests = Self.requests(of: tree)
        guard requests > 0 else { return }
        var merged: [Int] = []
        for (number, node) in tree.nodes.enumerated() {
            let key = Key(parent: node.parent.map { merged[$0] }, place: named(tree.functions[node.function]))
            let index = indexOfKey[key] ?? nodes.count
            if index == nodes.count {
                indexOfKey[key] = index
                nodes.append(
                    Node(place: key.place, parent: key.parent, depth: node.depth, newer: isNewer ? number : nil))
            }
            nodes[index][keyPath: side] += Double(node.selfNanoseconds) / requests
            merged.append(index)
        }
    }
}

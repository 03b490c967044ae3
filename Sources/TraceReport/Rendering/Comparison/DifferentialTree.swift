/// Two calling-context trees laid over each other: for each path, its self time per request before and after.
///
/// Functions are the same where their name, function and file are: lines move between deployments.
struct DifferentialTree {
    /// A path.
    struct Node {
        var place: FunctionPlace
        /// How many paths it is under.
        var depth: Int
        var children: [Int] = []
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
        var name: String
        var function: String
        var file: String
    }

    /// Each after the one it is under.
    private(set) var nodes: [Node] = []
    /// The outermost paths.
    private(set) var roots: [Int] = []
    private var indexOfKey: [Key: Int] = [:]

    init(before: CallingContextTree, after: CallingContextTree) {
        add(before, to: \.before)
        add(after, to: \.after)
        for index in nodes.indices { nodes[index].width = max(nodes[index].before, nodes[index].after) }
        var parents = [Int?](repeating: nil, count: nodes.count)
        for (key, index) in indexOfKey { parents[index] = key.parent }
        for index in nodes.indices.reversed() {
            guard let parent = parents[index] else { continue }
            nodes[parent].before += nodes[index].before
            nodes[parent].after += nodes[index].after
            nodes[parent].width += nodes[index].width
        }
        for index in nodes.indices {
            if let parent = parents[index] { nodes[parent].children.append(index) } else { roots.append(index) }
        }
    }

    private mutating func add(_ tree: CallingContextTree, to side: WritableKeyPath<Node, Double>) {
        let requests = tree.nodes.reduce(0) { $1.parent == nil ? $0 + Double($1.count) : $0 }
        guard requests > 0 else { return }
        var merged: [Int] = []
        for node in tree.nodes {
            let place = tree.functions[node.function]
            let parent = node.parent.map { merged[$0] }
            let key = Key(parent: parent, name: place.name, function: place.function, file: place.file)
            let index = indexOfKey[key] ?? nodes.count
            if index == nodes.count {
                indexOfKey[key] = index
                nodes.append(Node(place: place, depth: node.depth))
            }
            nodes[index][keyPath: side] += Double(node.selfNanoseconds) / requests
            merged.append(index)
        }
    }
}

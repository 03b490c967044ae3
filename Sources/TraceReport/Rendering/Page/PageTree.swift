import TraceLog

/// The calling-context tree as a page holds it: its widest nodes, in the tree's order, under one that stands for all.
struct PageTree {
    /// More nodes than this no screen tells apart.
    private static let maximumNodes = 5_000
    /// Deeper nodes are left out: callers of callers past this are recursion, or made up.
    private static let maximumDepth = 200
    /// A node of less than this share of all time is a twentieth of a pixel wide.
    private static let leastShare = 0.000_05

    private let tree: CallingContextTree
    /// The self time of each node in the report that is compared with, for as many requests; empty: there is none.
    private let before: [UInt64]
    /// The nodes that are kept.
    private let kept: [Int]
    /// How many nodes are left out.
    let leftOut: Int
    /// The share of all self time that was spent in them, 0…1.
    let leftOutShare: Double

    /// Whether there is nothing to show.
    var isEmpty: Bool { kept.isEmpty }

    init(_ tree: CallingContextTree) {
        self.init(tree, before: [], sizes: tree.nodes.map { Double($0.totalNanoseconds) })
    }

    /// Lays the tree of a report over another's: what is gone is there too, and was called no more.
    init(_ report: Report, comparedWith baseline: Report) {
        let both = DifferentialTree(before: baseline, after: report)
        func scaled(_ time: Double) -> Double { min(1e18, (time * both.requestsAfter).rounded()) }
        var tree = CallingContextTree()
        var (before, sizes): ([UInt64], [Double]) = ([], [])
        var numbers: [FunctionPlace: Int] = [:]
        var numberOfNode: [Int: Int] = [:]
        var open = Array(both.roots.reversed())
        while let next = open.popLast() {
            let node = both.nodes[next]
            let function = numbers[node.place] ?? tree.functions.count
            if numbers.updateValue(function, forKey: node.place) == nil { tree.functions.append(node.place) }
            let parent = node.parent.flatMap { numberOfNode[$0] }
            var copy = CallingContextTree.Node(parent: parent, function: function, depth: node.depth)
            if let newer = node.newer {
                copy = report.tree.nodes[newer]
                (copy.parent, copy.function) = (parent, function)
            }
            numberOfNode[next] = tree.nodes.count
            tree.nodes.append(copy)
            before.append(UInt64(scaled(node.ownBefore)))
            sizes.append(max(Double(copy.totalNanoseconds), scaled(node.width)))
            open += node.children.reversed()
        }
        self.init(tree, before: before, sizes: sizes)
    }

    private init(_ tree: CallingContextTree, before: [UInt64], sizes: [Double]) {
        (self.tree, self.before) = (tree, before)
        let whole = tree.nodes.indices.reduce(0) { tree.nodes[$1].parent == nil ? $0 + sizes[$1] : $0 }
        var least = Self.leastShare * whole
        if tree.nodes.count > Self.maximumNodes {
            least = max(least, sizes.sorted(by: >)[Self.maximumNodes])
        }
        var kept: [Int] = []
        // What is under a node that is left out is left out as well.
        var leftOutDepth = Int.max
        for (index, node) in tree.nodes.enumerated() {
            if node.depth > leftOutDepth { continue }
            let isKept =
                sizes[index] >= least && node.depth < Self.maximumDepth
                && kept.count < Self.maximumNodes
            leftOutDepth = isKept ? .max : node.depth
            if isKept { kept.append(index) }
        }
        self.kept = kept
        leftOut = tree.nodes.count - kept.count
        let all = tree.nodes.reduce(0.0) { $0 + Double($1.selfNanoseconds) }
        let shown = kept.reduce(0.0) { $0 + Double(tree.nodes[$1].selfNanoseconds) }
        leftOutShare = all > 0 ? max(0, all - shown) / all : 0
    }

    /// Writes the tree; columns, in which each node has as many characters as the others.
    ///
    /// The first stands for all. `f` has none for that one; `cpu`: the share on a processor in 34ths, 35 for async
    /// nodes; `was`: the self time of the same calls in the report that is compared with.
    func write(to json: inout JSONWriter, functions: inout PageFunctions) {
        guard !kept.isEmpty else { return }
        let nodes = kept.map { tree.nodes[$0] }
        let numbers = tree.functions.map { functions.number(of: $0) }
        let roots = nodes.filter { $0.depth == 0 }
        func all(_ value: KeyPath<CallingContextTree.Node, UInt64>) -> UInt64 {
            roots.reduce(0) { saturatingSum($0, $1[keyPath: value]) }
        }
        let packedDepths = PackedNumbers.text([0] + nodes.map { $0.depth + 1 })
        let packedFunctions = PackedNumbers.text(nodes.map { numbers[$0.function] })
        json.object("tree") { json in
            json.member("depthWidth", UInt64(packedDepths.width))
            json.member("depth", packedDepths.text)
            json.member("fWidth", UInt64(packedFunctions.width))
            json.member("f", packedFunctions.text)
            json.member("total", PackedNumbers.rounded([all(\.totalNanoseconds)] + nodes.map(\.totalNanoseconds)))
            json.member("self", PackedNumbers.rounded([0] + nodes.map(\.selfNanoseconds)))
            json.member("count", PackedNumbers.rounded([all(\.count)] + nodes.map(\.count)))
            json.member("p99", PackedNumbers.rounded([0] + nodes.map { $0.p99Nanoseconds ?? 0 }))
            json.member("cpu", PackedNumbers.text([35] + nodes.map(Self.cpu), width: 1))
            if !before.isEmpty { json.member("was", PackedNumbers.rounded([0] + kept.map { before[$0] })) }
        }
    }

    private static func cpu(of node: CallingContextTree.Node) -> Int {
        guard !node.isAsync, node.totalNanoseconds > 0 else { return 35 }
        return PackedNumbers.digit(ofShare: Double(node.cpuNanoseconds) / Double(node.totalNanoseconds))
    }
}

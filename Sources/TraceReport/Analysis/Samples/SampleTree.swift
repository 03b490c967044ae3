import TraceLog

/// The calling-context tree of samples: spans from the outermost on, below them functions, and below those what a thread
/// waited for.
public struct SampleTree: Sendable, Equatable {
    /// A frame under the frames that were open when it was met.
    public struct Node: Sendable, Equatable {
        /// The node it is under; nil for the outermost.
        public var parent: Int?
        /// Its place in ``SampleTree/frames``.
        public var frame: Int
        /// How many nodes it is under.
        public var depth: Int
        /// Samples that ended in it.
        public var own: SampleCounts
        /// Those and all below it.
        public var total: SampleCounts
    }

    /// All frames, each once.
    public fileprivate(set) var frames: [SampleFrame] = []
    /// All nodes, each before those below it, and those right after it.
    public fileprivate(set) var nodes: [Node] = []
    /// All samples.
    public fileprivate(set) var total = SampleCounts()
    /// For nodes in which samples ended, how many in which line of the function they count for, where lines are known: on a
    /// processor the innermost one, of threads that waited the innermost one outside of the C library.
    public fileprivate(set) var lines: [Int: [UInt64: SampleCounts]] = [:]

    /// Returns the frame of a node.
    public func frame(of node: Node) -> SampleFrame { frames[node.frame] }

    /// Returns the frames from the outermost to a node's own.
    func stack(endingAt node: Int) -> [SampleFrame] {
        sequence(first: node, next: { nodes[$0].parent }).map { frames[nodes[$0].frame] }.reversed()
    }

    /// Returns the tree of functions alone, whatever spans were open.
    func withoutSpans() -> SampleTree {
        var builder = SampleTreeBuilder(maximumNodes: nodes.count + 1)
        let places = frames.map { $0.kind == .span ? nil : builder.index(of: $0) }
        let noStack = builder.index(of: .noStack)
        forEachStack { stack, own in
            let code = stack.compactMap { places[$0] }
            // There is room: no stack adds more nodes than it has here.
            _ = builder.add(own, stack: code.isEmpty ? [noStack] : code)
        }
        return builder.finished()
    }

    /// Calls `visit` with the frames of each node in which samples ended, outermost first, as places in ``frames``.
    func forEachStack(_ visit: (_ frames: [Int], _ own: SampleCounts) -> Void) {
        var open: [Int] = []
        for node in nodes {
            open.removeLast(open.count - node.depth)
            open.append(node.frame)
            if node.own.all > 0 { visit(open, node.own) }
        }
    }
}

/// Grows a tree, stack by stack.
struct SampleTreeBuilder {
    private struct Edge: Hashable {
        var parent: Int
        var frame: Int
    }

    private(set) var frames: [SampleFrame] = []
    private var indexOfFrame: [SampleFrame: Int] = [:]
    private var nodes: [Edge] = []
    private var own: [SampleCounts] = []
    private var lines: [Int: [UInt64: SampleCounts]] = [:]
    private var indexOfNode: [Edge: Int] = [:]
    private let maximumNodes: Int
    private static let root = -1

    init(maximumNodes: Int) {
        self.maximumNodes = maximumNodes
    }

    /// Returns the place of a frame, which is kept once.
    mutating func index(of frame: SampleFrame) -> Int {
        if let known = indexOfFrame[frame] { return known }
        frames.append(frame)
        indexOfFrame[frame] = frames.count - 1
        return frames.count - 1
    }

    /// Adds samples of a stack, outermost frame first. False where the tree has no room for all of its frames, and the
    /// samples count for those there was room for.
    ///
    /// - Parameter line: Where in the function that they count for; 0: not known.
    mutating func add(_ counts: SampleCounts, stack: [Int], line: UInt64 = 0) -> Bool {
        var node = Self.root
        var isWhole = true
        for frame in stack {
            let edge = Edge(parent: node, frame: frame)
            if let known = indexOfNode[edge] {
                node = known
            } else if nodes.count < maximumNodes {
                nodes.append(edge)
                own.append(SampleCounts())
                node = nodes.count - 1
                indexOfNode[edge] = node
            } else {
                isWhole = false
                break
            }
        }
        guard node != Self.root else { return isWhole }
        own[node].add(counts)
        if isWhole, line > 0 { lines[node, default: [:]][line, default: SampleCounts()].add(counts) }
        return isWhole
    }

    /// Returns the tree, in an order that does not depend on that of the stacks.
    consuming func finished() -> SampleTree {
        var total = own
        for node in nodes.indices.reversed() where nodes[node].parent != Self.root {
            total[nodes[node].parent].add(total[node])
        }
        var tree = SampleTree()
        let rank = ranks(of: &tree)
        var children: [Int: [Int]] = [:]
        for node in nodes.indices { children[nodes[node].parent, default: []].append(node) }
        let inOrder = children.mapValues { $0.sorted { rank[nodes[$0].frame] > rank[nodes[$1].frame] } }
        var open = (inOrder[Self.root] ?? []).map { (node: $0, parent: Int?.none, depth: 0) }
        while let next = open.popLast() {
            tree.nodes.append(
                SampleTree.Node(
                    parent: next.parent, frame: rank[nodes[next.node].frame], depth: next.depth, own: own[next.node],
                    total: total[next.node]))
            let place = tree.nodes.count - 1
            if let lines = lines[next.node] { tree.lines[place] = lines }
            open += (inOrder[next.node] ?? []).map { (node: $0, parent: place, depth: next.depth + 1) }
            if next.depth == 0 { tree.total.add(total[next.node]) }
        }
        return tree
    }

    /// Puts the frames in use into a tree, in order. Returns for each frame its place there.
    private func ranks(of tree: inout SampleTree) -> [Int] {
        var isUsed = Array(repeating: false, count: frames.count)
        for node in nodes { isUsed[node.frame] = true }
        let order = frames.indices.filter { isUsed[$0] }.sorted { frames[$0].precedes(frames[$1]) }
        var rank = Array(repeating: 0, count: frames.count)
        for (place, frame) in order.enumerated() { rank[frame] = place }
        tree.frames = order.map { frames[$0] }
        return rank
    }
}

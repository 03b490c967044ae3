/// In which requests functions spent the time in their own code, and for whom.
struct RootShares {
    /// A root, and the part of a function's own time that was spent under it, 0…1.
    struct Main: Equatable {
        let root: FunctionPlace
        let share: Double
    }

    /// The functions between a root and a function through which most of its own time goes, and the part of it that does, 0…1.
    struct Way: Equatable {
        /// From below the root to the function's caller, or as far as most of the time goes one way.
        let functions: [FunctionPlace]
        let share: Double
    }

    /// What goes another way is less than the rest of this.
    private static let most = 0.7

    private let tree: CallingContextTree
    /// Self time under each root, by function; of the functions asked for.
    private var times: [Int: [Int: Double]] = [:]

    /// Walks through the tree once.
    init(_ tree: CallingContextTree, of places: [FunctionPlace]) {
        self.tree = tree
        let wanted = Set(places)
        let isWanted = tree.functions.map(wanted.contains)
        var root = 0
        for node in tree.nodes {
            if node.parent == nil { root = node.function }
            guard isWanted[node.function] else { continue }
            times[node.function, default: [:]][root, default: 0] += Double(node.selfNanoseconds)
        }
    }

    /// The root under which most of a function's own time was spent; nil where the function is that root itself, or no path
    /// of it is known.
    func main(of place: FunctionPlace) -> Main? {
        guard let function = tree.functions.firstIndex(of: place), let roots = times[function] else { return nil }
        let all = roots.values.reduce(0, +)
        let most = roots.max { left, right in
            if left.value != right.value { return left.value < right.value }
            return tree.functions[right.key] < tree.functions[left.key]
        }
        guard let most, all > 0, most.key != function else { return nil }
        return Main(root: tree.functions[most.key], share: most.value / all)
    }

    /// The way on which at least 0.7 of a function's own time is spent; nil where there is none, or nothing between the root and it.
    ///
    /// A function that does the work of many, as one that asks the database, is slow for one of them. Walks through the tree once.
    func way(to place: FunctionPlace) -> Way? {
        guard let function = tree.functions.firstIndex(of: place), times[function] != nil else { return nil }
        // Nodes come after those they are under: going back, each is whole before it is added to that.
        var sums = tree.nodes.map { $0.function == function ? Double($0.selfNanoseconds) : 0 }
        var heaviest = [Int?](repeating: nil, count: sums.count)
        var root: Int?
        for (index, node) in tree.nodes.enumerated().reversed() {
            guard let parent = node.parent else {
                if root.map({ sums[index] >= sums[$0] }) ?? true { root = index }
                continue
            }
            sums[parent] += sums[index]
            if heaviest[parent].map({ sums[index] >= sums[$0] }) ?? true { heaviest[parent] = index }
        }
        let all = times[function]?.values.reduce(0, +) ?? 0
        guard all > 0, let root, tree.nodes[root].function != function else { return nil }
        var way: [Int] = []
        var node = heaviest[root]
        while let next = node, tree.nodes[next].function != function, sums[next] >= Self.most * all {
            way.append(next)
            node = heaviest[next]
        }
        guard let last = way.last else { return nil }
        return Way(functions: way.map { tree.functions[tree.nodes[$0].function] }, share: sums[last] / all)
    }
}

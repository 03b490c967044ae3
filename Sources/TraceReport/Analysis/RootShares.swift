/// In which requests functions spent the time in their own code.
struct RootShares {
    /// A root, and the part of a function's own time that was spent under it, 0…1.
    struct Main: Equatable {
        let root: FunctionPlace
        let share: Double
    }

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
}

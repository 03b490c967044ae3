import TraceLog

/// Joins the call paths of sessions to one calling-context tree: paths are the same where their functions are, from the root
/// on.
struct TreeTotals {
    private struct Key: Hashable {
        var parent: Int?
        var function: Int
    }

    /// Parents stand before their children; functions are numbered as in the table.
    private var nodes: [CallingContextTree.Node] = []
    private var durations: [MergedDurations] = []
    private var indexOfNode: [Key: Int] = [:]

    /// Adds the selected paths of one session. The tree has at most as many nodes as the sessions have paths.
    mutating func add(_ paths: SessionPaths) {
        var open: [Int] = []
        paths.walk { step in
            switch step {
            case .enter(let path):
                let node = node(Key(parent: open.last, function: paths.functions[path]), depth: open.count)
                add(paths.models[path], to: node)
                open.append(node)
            case .leave: open.removeLast()
            }
        }
    }

    /// Returns the tree without the branches in which nothing was called, with percentiles.
    consuming func finished(_ table: FunctionTable) -> CallingContextTree {
        var tree = CallingContextTree()
        var numberOfFunction: [Int: Int] = [:]
        var numberOfNode: [Int: Int] = [:]
        for index in order(table) {
            var node = nodes[index]
            let function = numberOfFunction[node.function] ?? tree.functions.count
            if function == tree.functions.count { tree.functions.append(table.places[node.function]) }
            numberOfFunction[node.function] = function
            node.function = function
            node.parent = node.parent.flatMap { numberOfNode[$0] }
            let quantiles = durations[index].quantiles(longest: node.maximumNanoseconds)
            node.p50Nanoseconds = quantiles?.nanoseconds(0.5)
            node.p99Nanoseconds = quantiles?.nanoseconds(0.99)
            if node.parent == nil {
                node.p90Nanoseconds = quantiles?.nanoseconds(0.9)
                node.p95Nanoseconds = quantiles?.nanoseconds(0.95)
                node.p999Nanoseconds = quantiles?.nanoseconds(0.999)
            }
            numberOfNode[index] = tree.nodes.count
            tree.nodes.append(node)
        }
        return tree
    }

    private mutating func node(_ key: Key, depth: Int) -> Int {
        if let known = indexOfNode[key] { return known }
        indexOfNode[key] = nodes.count
        nodes.append(CallingContextTree.Node(parent: key.parent, function: key.function, depth: depth))
        durations.append(MergedDurations())
        return nodes.count - 1
    }

    private mutating func add(_ path: SessionPaths.Model, to index: Int) {
        durations[index].add(path.durations, ticksPerSecond: path.ticksPerSecond)
        nodes[index].add(path.counters)
        if path.isAsync { nodes[index].isAsync = true }
    }

    /// Returns the nodes in which or below which something was called, each right before those below it, siblings by total
    /// time.
    private func order(_ table: FunctionTable) -> [Int] {
        var isCalled = nodes.map { $0.count > 0 || $0.totalNanoseconds > 0 }
        for index in nodes.indices.reversed() where isCalled[index] {
            if let parent = nodes[index].parent { isCalled[parent] = true }
        }
        let ranks = table.ranks
        let bySize = nodes.indices.filter { isCalled[$0] }.sorted { left, right in
            let (first, second) = (nodes[left], nodes[right])
            guard first.totalNanoseconds == second.totalNanoseconds else {
                return first.totalNanoseconds > second.totalNanoseconds
            }
            return ranks[first.function] < ranks[second.function]
        }
        var children: [Int: [Int]] = [:]
        // The last of a list is visited first.
        for index in bySize.reversed() { children[nodes[index].parent ?? -1, default: []].append(index) }
        var order: [Int] = []
        var pending = children[-1] ?? []
        while let next = pending.popLast() {
            order.append(next)
            pending += children[next] ?? []
        }
        return order
    }
}

extension CallingContextTree.Node {
    fileprivate mutating func add(_ counters: PathCounters) {
        count = saturatingSum(count, counters.count)
        totalNanoseconds = saturatingSum(totalNanoseconds, counters.totalNanoseconds)
        selfNanoseconds = saturatingSum(selfNanoseconds, counters.selfNanoseconds)
        cpuNanoseconds = saturatingSum(cpuNanoseconds, counters.cpuNanoseconds)
        errors = saturatingSum(errors, counters.errors)
        maximumNanoseconds = max(maximumNanoseconds, counters.maximumNanoseconds)
    }
}

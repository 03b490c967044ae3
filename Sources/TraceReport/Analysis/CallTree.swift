import TraceLog

/// The calling-context tree of one session, its paths numbered from 0 in the order of their ids.
///
/// Tables may be damaged or hostile: a parent that no record names makes a root, and a path that is its own ancestor
/// is cut open at its lowest id, so that every path is visited exactly once.
struct CallTree {
    /// Ids as in the log.
    let ids: [UInt64]
    private let parents: [Int?]
    private let indexOfId: [UInt64: Int]
    private var firstChild: [Int]
    private var nextSibling: [Int]
    private static let none = -1

    init(_ paths: [UInt64: PathModel]) {
        let sortedIds = paths.keys.sorted()
        var indexOfId: [UInt64: Int] = [:]
        indexOfId.reserveCapacity(sortedIds.count)
        for (index, id) in sortedIds.enumerated() { indexOfId[id] = index }
        let parents: [Int?] = sortedIds.map { id in paths[id]?.node.flatMap { indexOfId[$0.parent] } }
        ids = sortedIds
        self.indexOfId = indexOfId
        self.parents = parents
        firstChild = Array(repeating: Self.none, count: sortedIds.count)
        nextSibling = firstChild
        for index in sortedIds.indices.reversed() {
            guard let parent = parents[index], parent != index else { continue }
            nextSibling[index] = firstChild[parent]
            firstChild[parent] = index
        }
    }

    /// Returns the number of a path.
    func index(of id: UInt64) -> Int? { indexOfId[id] }

    /// Returns the children of a path.
    func children(of path: Int) -> some Sequence<Int> {
        sequence(first: firstChild[path], next: { nextSibling[$0] }).lazy.prefix { $0 != Self.none }
    }

    /// What a walk meets.
    enum Step {
        /// A path, before those below it.
        case enter(Int)
        /// The path, after those below it.
        case leave(Int)
    }

    /// Visits every path once, depth first, without recursion. Returns how many roots had to be made of cycles.
    func walk(_ visit: (Step) -> Void) -> UInt64 {
        var isVisited = Array(repeating: false, count: ids.count)
        var cycles: UInt64 = 0
        for index in ids.indices where parents[index] == nil { walk(from: index, &isVisited, visit) }
        for index in ids.indices where !isVisited[index] {
            cycles += 1
            walk(from: index, &isVisited, visit)
        }
        return cycles
    }

    private func walk(from root: Int, _ isVisited: inout [Bool], _ visit: (Step) -> Void) {
        var open = [root]
        var cursors = [firstChild[root]]
        isVisited[root] = true
        visit(.enter(root))
        while let path = open.last {
            let child = cursors[cursors.count - 1]
            guard child != Self.none else {
                visit(.leave(path))
                open.removeLast()
                cursors.removeLast()
                continue
            }
            cursors[cursors.count - 1] = nextSibling[child]
            guard !isVisited[child] else { continue }
            isVisited[child] = true
            visit(.enter(child))
            open.append(child)
            cursors.append(firstChild[child])
        }
    }
}

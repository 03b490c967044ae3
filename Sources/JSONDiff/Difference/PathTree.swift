/// Where changes are: nodes with their parents, so that a path takes no more room than its last step.
struct PathTree: Sendable {
    /// A member or an element, by its place in its container.
    struct Node {
        /// -1: the root.
        let parent: Int32
        /// What the step is.
        let step: Step
    }

    enum Step {
        case root
        /// A member; the offset of its key's quote in the old text.
        case oldKey(UInt32)
        /// A member; the offset of its key's quote in the new text.
        case newKey(UInt32)
        /// An element: its index while the changes before have been made and this one has not; its index in the old array and in
        /// the new one, ``absent`` where it is not in there.
        case index(UInt32, old: UInt32, new: UInt32)
    }

    static let absent = UInt32.max

    private(set) var nodes = [Node(parent: -1, step: .root)]

    /// Appends a node; answers with its number.
    mutating func add(_ step: Step, to parent: Int32) -> Int32 {
        nodes.append(Node(parent: parent, step: step))
        return Int32(nodes.count - 1)
    }

    /// The steps from the root to a node.
    func steps(to node: Int32) -> [Step] {
        var steps: [Step] = []
        var at = node
        while at > 0 {
            steps.append(nodes[Int(at)].step)
            at = nodes[Int(at)].parent
        }
        return steps.reversed()
    }

    /// The same places with old and new exchanged.
    var reversed: PathTree {
        var result = self
        result.nodes = nodes.map { node in
            switch node.step {
            case .root: node
            case .oldKey(let start): Node(parent: node.parent, step: .newKey(start))
            case .newKey(let start): Node(parent: node.parent, step: .oldKey(start))
            case .index(let index, let old, let new):
                Node(parent: node.parent, step: .index(index, old: new, new: old))
            }
        }
        return result
    }
}

/// One change, of those that make the new value out of the old one when they are made in order.
struct Edit {
    enum Kind: UInt8 {
        case add, remove, replace, move
    }

    var kind: Kind
    /// Where it is made.
    var path: Int32
    /// Where the value was, of one that is moved.
    var from: Int32 = -1
    /// The value in the old text; empty where there is none.
    var old: Range<UInt32> = 0..<0
    /// The value in the new text.
    var new: Range<UInt32> = 0..<0

    /// What takes it back.
    var reversed: Edit {
        switch kind {
        case .add: Edit(kind: .remove, path: path, old: new, new: 0..<0)
        case .remove: Edit(kind: .add, path: path, old: 0..<0, new: old)
        case .replace: Edit(kind: .replace, path: path, old: new, new: old)
        case .move: Edit(kind: .move, path: from, from: path, old: new, new: old)
        }
    }
}

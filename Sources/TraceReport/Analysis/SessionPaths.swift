import TraceLog

/// The call paths of one session with their functions, and which of them lie under a selected root.
struct SessionPaths {
    let session: SessionModel
    let tree: CallTree
    /// By path: the number of its function in the table.
    let functions: [Int]
    /// By path: whether the root above it is selected.
    let isSelected: [Bool]
    /// The numbers of the functions that are roots, selected or not.
    let roots: Set<Int>
    /// How many paths no record names.
    let unnamed: UInt64
    /// How many roots had to be made of cycles.
    let cycles: UInt64
    private let selectsAll: Bool

    /// Finds the functions, which are added to the table where they are new.
    ///
    /// - Parameter root: which roots are selected; all where nil.
    init(_ session: SessionModel, functions table: inout FunctionTable, root: NameGlob? = nil) {
        let tree = CallTree(session.paths)
        var unnamed: UInt64 = 0
        let functions = tree.ids.map { id in
            let known = session.knownPlace(ofPath: id)
            if known == nil { unnamed += 1 }
            return table.index(of: known ?? session.place(ofPath: id))
        }
        var isSelected = Array(repeating: true, count: tree.ids.count)
        var roots: Set<Int> = []
        var depth = 0
        var isRootSelected = true
        cycles = tree.walk { step in
            switch step {
            case .enter(let path):
                if depth == 0 {
                    roots.insert(functions[path])
                    isRootSelected = root.map { table.places[functions[path]].matches($0) } ?? true
                }
                isSelected[path] = isRootSelected
                depth += 1
            case .leave: depth -= 1
            }
        }
        self.session = session
        self.tree = tree
        self.functions = functions
        self.isSelected = isSelected
        self.roots = roots
        self.unnamed = unnamed
        selectsAll = root == nil
    }

    /// Whether a path, given by its id, lies under a selected root; one that no record knows only where all are.
    func isSelected(id: UInt64) -> Bool { tree.index(of: id).map { isSelected[$0] } ?? selectsAll }

    /// Visits every selected path once, as ``CallTree/walk(_:)`` does.
    func walk(_ visit: (CallTree.Step) -> Void) {
        _ = tree.walk { step in
            switch step {
            case .enter(let path), .leave(let path): if isSelected[path] { visit(step) }
            }
        }
    }

    /// Returns the functions from the root to a path, given by its id. Where the tables go in circles, it begins where it
    /// would repeat itself.
    func stack(ofPath id: UInt64) -> [FunctionPlace] {
        var stack: [FunctionPlace] = []
        var seen: Set<UInt64> = []
        var next = id
        while seen.insert(next).inserted, stack.count < Self.longestStack {
            stack.append(session.place(ofPath: next))
            guard let parent = session.paths[next]?.node?.parent, parent != 0 else { break }
            next = parent
        }
        return stack.reversed()
    }

    /// What lies outside of this many functions is left out of a stack.
    private static let longestStack = 256
}

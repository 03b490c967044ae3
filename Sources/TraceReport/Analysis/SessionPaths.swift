import TraceLog

/// The call paths of one session with their functions, and which of them lie under a selected root.
struct SessionPaths {
    let session: SessionModel
    let tree: CallTree
    /// What the session says of each path.
    let models: [Model]
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

    /// What is needed of a ``PathModel`` again and again.
    struct Model {
        let counters: PathCounters
        let durations: BucketCounts
        /// The rate of the clock of `durations`; 0 where it is not known.
        let ticksPerSecond: UInt64
        let isAsync: Bool
        let hasStaleDurations: Bool
        /// The number of its callsite; nil where no record names it.
        fileprivate let callsite: UInt64?

        fileprivate init(_ path: PathModel, ticksPerSecond: UInt64) {
            counters = path.counters
            durations = path.durations
            self.ticksPerSecond = path.isFromSpans ? 1_000_000_000 : ticksPerSecond
            isAsync = path.node?.form == .async
            hasStaleDurations = path.hasStaleDurations
            callsite = path.node?.callsite
        }
    }

    /// Finds the functions, which are added to the table where they are new.
    ///
    /// - Parameter root: which roots are selected; all where nil.
    init(_ session: SessionModel, functions table: inout FunctionTable, root: NameGlob? = nil) {
        let tree = CallTree(session.paths)
        let ticksPerSecond = session.lastClock?.ticksPerSecond ?? 0
        let models = tree.ids.map { Model(session.paths[$0] ?? PathModel(), ticksPerSecond: ticksPerSecond) }
        var unnamed: UInt64 = 0
        var functionOfCallsite: [UInt64: Int] = [:]
        let functions = zip(tree.ids, models).map { id, model in
            if let known = model.callsite.flatMap({ functionOfCallsite[$0] }) { return known }
            let place = session.knownPlace(ofPath: id)
            let function = table.index(of: place ?? session.place(ofPath: id))
            if place == nil {
                unnamed += 1
            } else if let callsite = model.callsite {
                functionOfCallsite[callsite] = function
            }
            return function
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
        self.models = models
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

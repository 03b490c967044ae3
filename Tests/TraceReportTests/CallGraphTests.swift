import Testing

@testable import TraceReport

/// Who calls whom, out of the tree of paths.
@Suite("Callers and callees")
struct CallGraphTests {
    /// A tree of functions `a`, `b`, …, each node with its calls and its total and self time.
    private func tree(_ nodes: [(depth: Int, function: String, count: UInt64, total: UInt64, own: UInt64)])
        -> CallingContextTree
    {
        var tree = CallingContextTree()
        var open: [Int] = []
        for node in nodes {
            let place = FunctionPlace(name: node.function)
            if !tree.functions.contains(place) { tree.functions.append(place) }
            open.removeLast(open.count - node.depth)
            let function = tree.functions.firstIndex(of: place) ?? 0
            var made = CallingContextTree.Node(parent: open.last, function: function, depth: node.depth)
            (made.count, made.totalNanoseconds, made.selfNanoseconds) = (node.count, node.total, node.own)
            open.append(tree.nodes.count)
            tree.nodes.append(made)
        }
        return tree
    }

    private func text(_ direction: CallsView.Direction, of name: String, in tree: CallingContextTree) -> [String] {
        let place = FunctionPlace(name: name)
        return CallGraph(tree, direction, of: [place]).edges(of: place).map { edge in
            "\(edge.place?.name ?? edge.label) \(edge.count.map { "\($0)×" } ?? "own") \(edge.nanoseconds)"
        }
    }

    @Test("edges of several paths are added")
    func several() {
        let tree = tree([
            (0, "a", 1, 100, 10), (1, "b", 2, 60, 20), (2, "c", 4, 40, 40), (1, "c", 3, 30, 30), (0, "c", 1, 5, 5),
        ])
        #expect(text(.callers, of: "c", in: tree) == ["b 4× 40", "a 3× 30", "(nothing: a root) 1× 5"])
        #expect(text(.callees, of: "a", in: tree) == ["b 2× 60", "c 3× 30", "(its own code) own 10"])
        #expect(text(.callees, of: "c", in: tree) == ["(its own code) own 75"])
        #expect(text(.callers, of: "d", in: tree).isEmpty)
    }

    @Test("recursion over the same edge counts its time once, and every call")
    func recursion() {
        // a → b → a → b, and directly a → a beside it.
        let tree = tree([
            (0, "a", 1, 100, 10), (1, "b", 1, 90, 20), (2, "a", 2, 70, 30), (3, "b", 2, 40, 40),
        ])
        #expect(text(.callers, of: "b", in: tree) == ["a 3× 90"])
        #expect(text(.callers, of: "a", in: tree) == ["(nothing: a root) 1× 100", "b 2× 70"])
        #expect(text(.callees, of: "a", in: tree) == ["b 3× 90", "(its own code) own 40"])
        #expect(text(.callees, of: "b", in: tree) == ["a 2× 70", "(its own code) own 60"])
    }

    @Test("the root under which most of the time was spent is found, and none for the root itself")
    func mainRoot() {
        let tree = tree([
            (0, "a", 1, 100, 10), (1, "c", 2, 90, 90), (0, "b", 1, 50, 20), (1, "c", 2, 30, 30),
        ])
        let places = ["a", "c", "d"].map { FunctionPlace(name: $0) }
        let shares = RootShares(tree, of: places)
        #expect(shares.main(of: places[1]) == RootShares.Main(root: places[0], share: 0.75))
        #expect(shares.main(of: places[0]) == nil)
        #expect(shares.main(of: places[2]) == nil)
    }

    @Test("the way on which most of a function's time goes is found, as far as it is one")
    func way() {
        // q works for f, g and s, and for s most of the time.
        let tree = tree([
            (0, "h", 9, 300, 10), (1, "f", 1, 10, 5), (2, "q", 1, 5, 5), (1, "g", 5, 280, 10), (2, "s", 5, 270, 10),
            (3, "q", 5, 260, 160), (4, "r", 5, 60, 60), (4, "t", 5, 40, 40), (2, "q", 1, 30, 30), (0, "q", 1, 5, 5),
        ])
        let places = ["g", "h", "q", "r", "s"].map { FunctionPlace(name: $0) }
        let shares = RootShares(tree, of: places)
        #expect(shares.way(to: places[2]) == RootShares.Way(functions: [places[0], places[4]], share: 0.8))
        #expect(shares.way(to: places[3]) == RootShares.Way(functions: [places[0], places[4], places[2]], share: 1))
        #expect(shares.way(to: places[0]) == nil)
        #expect(shares.way(to: places[1]) == nil)
    }

    @Test("what is under 1 % of the time is folded, with what is below it")
    func folding() {
        let tree = tree([
            (0, "a", 1, 10_000, 0), (1, "b", 1, 9_900, 9_895), (2, "c", 9, 5, 5), (1, "d", 1, 60, 20),
            (2, "e", 1, 40, 40), (1, "f", 1, 40, 40), (0, "g", 1, 10, 10),
        ])
        var report = Report(sortKey: .selfTime)
        report.tree = tree
        let lines = TreeView().lines(of: report, in: TextLayout(width: 120))
        let names = lines.dropFirst().dropLast().map { line in line.dropFirst(37).drop { $0 == " " } }
        #expect(
            names == [
                "a", "b", "… 1 more under 1%", "… 2 more under 1%", "… 1 more under 1%",
            ])
        #expect(TreeView().table(of: report).rows.count == 7)
    }
}

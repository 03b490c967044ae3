import TraceLog

/// Stacks and what was measured in each: what the formats of profilers have in common, be it samples or the time of
/// spans.
struct StackProfile {
    /// A function, or what else a stack is made of.
    struct Frame {
        /// How it is shown: a span of samples stands in brackets, which tell it from the functions below it.
        var label: String
        /// The library or program that holds it; empty where that is not known.
        var module = ""
        /// The source file; empty where that is not known.
        var file = ""
        /// The line in the file, 0 where that is not known.
        var line: UInt64 = 0
        var kind = SampleFrame.Kind.span
        /// Whether the compiler put the function into the one above.
        var isInlined = false
    }

    /// A frame under the frames that were open when it was met.
    struct Node {
        /// The node it is under; nil for the outermost.
        var parent: Int?
        /// How many nodes it is under.
        var depth: Int
        /// Its place in ``StackProfile/frames``.
        var frame: Int
    }

    /// What a number counts.
    enum Unit {
        case samples
        case nanoseconds
    }

    /// Something measured, for each node.
    struct Measure {
        /// Its name for programs.
        var name: String
        /// Its name for people.
        var title: String
        /// What belongs to each node itself.
        var own: [UInt64]
        /// What belongs to all.
        var sum: UInt64

        init(_ name: String, _ title: String, own: [UInt64]) {
            (self.name, self.title, self.own) = (name, title, own)
            sum = own.reduce(0, saturatingSum)
        }
    }

    private(set) var frames: [Frame]
    /// Each right before those below it.
    private(set) var nodes: [Node]
    /// Measures of different nodes add up, and so do the measures of one node.
    private(set) var measures: [Measure]
    private(set) var unit: Unit

    /// Makes the profile of a report. Takes time and memory in proportion to the number of nodes.
    init(_ content: ProfileContent, of report: Report) {
        switch content {
        case .samples: self.init(report.samples.tree)
        case .spans: self.init(report.tree)
        }
    }

    private init(_ tree: SampleTree) {
        frames = tree.frames.map { frame in
            Frame(
                label: frame.label, module: frame.module, file: frame.file, line: frame.line, kind: frame.kind,
                isInlined: frame.isInlined)
        }
        nodes = tree.nodes.map { Node(parent: $0.parent, depth: $0.depth, frame: $0.frame) }
        measures = [
            Measure("on_cpu", "on CPU", own: tree.nodes.map(\.own.onCPU)),
            Measure("off_cpu", "waiting", own: tree.nodes.map(\.own.offCPU)),
        ]
        unit = .samples
    }

    private init(_ tree: CallingContextTree) {
        frames = tree.functions.map { Frame(label: $0.name, file: $0.file, line: $0.line) }
        nodes = tree.nodes.map { Node(parent: $0.parent, depth: $0.depth, frame: $0.function) }
        measures = [Measure("self", "self time", own: tree.nodes.map(\.selfNanoseconds))]
        unit = .nanoseconds
    }

    /// The sum of all measures.
    var sum: UInt64 { measures.reduce(0) { saturatingSum($0, $1.sum) } }

    /// Returns what of all measures belongs to a node itself.
    func own(of node: Int) -> UInt64 { measures.reduce(0) { saturatingSum($0, $1.own[node]) } }

    /// Returns for each node what of a measure belongs to it and to all nodes below it.
    func totals(of measure: Measure) -> [UInt64] {
        var totals = measure.own
        for node in nodes.indices.reversed() {
            guard let parent = nodes[node].parent else { continue }
            totals[parent] = saturatingSum(totals[parent], totals[node])
        }
        return totals
    }

    /// Calls `visit` with the frames of each node that anything belongs to itself, outermost first, as places in
    /// ``frames``.
    func forEachStack(_ visit: (_ frames: [Int], _ node: Int) -> Void) {
        var open: [Int] = []
        for (index, node) in nodes.enumerated() {
            open.removeLast(open.count - node.depth)
            open.append(node.frame)
            if measures.contains(where: { $0.own[index] > 0 }) { visit(open, index) }
        }
    }
}

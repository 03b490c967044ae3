import TraceLog

/// Finds the functions that samples ended in, over a whole tree and for each span.
struct HotFunctionSearch {
    /// What makes two frames one function in a list: inlined or not, async or not.
    private struct Function: Hashable {
        var name: String
        var module: String
        var what = ""

        init(_ frame: SampleFrame, what: String = "") {
            (name, module, self.what) = (frame.name, frame.module, what)
        }
    }

    /// The hottest stack's end, and the sums, of one list.
    private struct Sums {
        var samples: UInt64 = 0
        var functions: [Function: HotFunction] = [:]
        /// The node with the shortest stack for each function.
        var shortest: [Function: Int] = [:]
        /// Samples by line of each function.
        var lines: [Function: [UInt64: UInt64]] = [:]
    }

    private struct SpanSums {
        var onCPU = Sums()
        var offCPU = Sums()
    }

    /// What stands above a node, itself included.
    private struct Above {
        /// The innermost span.
        var span: Int?
        /// The innermost function.
        var code: Int?
        /// The innermost function outside of the C library.
        var ownCode: Int?
    }

    private let tree: SampleTree
    private let above: [Above]

    init(tree: SampleTree) {
        self.tree = tree
        var above: [Above] = []
        for node in tree.nodes {
            var place = node.parent.map { above[$0] } ?? Above()
            let frame = tree.frame(of: node)
            if frame.kind == .span { place.span = node.frame }
            if frame.isCode {
                place.code = node.frame
                if !frame.isOfCLibrary { place.ownCode = node.frame }
            }
            above.append(place)
        }
        self.above = above
    }

    /// Fills the lists of functions.
    func fill(_ summary: inout SampleSummary) {
        var all = SpanSums()
        var spans: [Int: SpanSums] = [:]
        for (index, node) in tree.nodes.enumerated() where node.own.all > 0 {
            add(index, to: &all)
            if let span = above[index].span {
                add(index, to: &spans[span, default: SpanSums()])
            } else {
                summary.outsideSpans.add(node.own)
            }
        }
        summary.onCPU = group(all.onCPU, totals: totals())
        summary.offCPU = group(all.offCPU)
        summary.spans =
            spans
            .map { SpanSamples(span: tree.frames[$0], onCPU: group($1.onCPU), offCPU: group($1.offCPU)) }
            .sorted {
                let samples = [$0, $1].map { saturatingSum($0.onCPU.samples, $0.offCPU.samples) }
                return samples[0] == samples[1] ? $0.span.precedes($1.span) : samples[0] > samples[1]
            }
    }

    private func add(_ index: Int, to sums: inout SpanSums) {
        let node = tree.nodes[index]
        if node.own.onCPU > 0 { add(\.onCPU, index, in: above[index].code, what: "", to: &sums.onCPU) }
        if node.own.offCPU > 0 {
            let frame = tree.frame(of: node)
            let place = above[index].ownCode ?? above[index].code
            add(\.offCPU, index, in: place, what: frame.kind == .wait ? frame.name : "", to: &sums.offCPU)
        }
    }

    private func add(
        _ counted: KeyPath<SampleCounts, UInt64>, _ node: Int, in frame: Int?, what: String, to sums: inout Sums
    ) {
        let samples = tree.nodes[node].own[keyPath: counted]
        let frame = frame.map { tree.frames[$0] } ?? .noStack
        let function = Function(frame, what: what)
        sums.samples = saturatingSum(sums.samples, samples)
        var hot = sums.functions[function] ?? HotFunction(frame: frame, what: what)
        hot.own = saturatingSum(hot.own, samples)
        hot.total = hot.own
        sums.functions[function] = hot
        for (line, counts) in tree.lines[node] ?? [:] where counts[keyPath: counted] > 0 {
            let known = sums.lines[function, default: [:]][line] ?? 0
            sums.lines[function, default: [:]][line] = saturatingSum(known, counts[keyPath: counted])
        }
        if let known = sums.shortest[function], tree.nodes[known].depth <= tree.nodes[node].depth { return }
        sums.shortest[function] = node
    }

    private func group(_ sums: Sums, totals: [Function: UInt64] = [:]) -> SampleGroup {
        let functions = sums.functions.values
            .map { hot in
                var hot = hot
                let function = Function(hot.frame, what: hot.what)
                hot.total = totals[function] ?? hot.own
                hot.lines = (sums.lines[function] ?? [:]).map { HotLine(line: $0, samples: $1) }
                    .sorted { ($1.samples, $0.line) < ($0.samples, $1.line) }
                return hot
            }
            .sorted {
                if $0.own != $1.own { return $0.own > $1.own }
                return $0.what == $1.what ? $0.frame.precedes($1.frame) : $0.what < $1.what
            }
        let shortest = functions.first.flatMap { sums.shortest[Function($0.frame, what: $0.what)] }
        let example = shortest.map { tree.stack(endingAt: $0).filter { $0.kind != .span } } ?? []
        return SampleGroup(samples: sums.samples, functions: functions, example: example)
    }

    /// Returns the samples on a processor in each function and all it called; recursion counts once.
    private func totals() -> [Function: UInt64] {
        let functions = tree.frames.map { Function($0) }
        var totals: [Function: UInt64] = [:]
        var openCount: [Function: Int] = [:]
        var open: [Int] = []
        for node in tree.nodes {
            while open.count > node.depth { openCount[functions[open.removeLast()], default: 1] -= 1 }
            open.append(node.frame)
            let function = functions[node.frame]
            let isOutermost = openCount[function, default: 0] == 0
            openCount[function, default: 0] += 1
            if isOutermost, tree.frames[node.frame].isCode {
                totals[function] = saturatingSum(totals[function] ?? 0, node.total.onCPU)
            }
        }
        return totals
    }
}

import TraceLog

/// Makes one tree of the stacks that sessions counted.
struct SampleTotals {
    /// The longest list of spans and of functions that is shown of a stack; what lies outside of it is cut.
    static let longestSpans = 64
    static let longestCode = 512

    private var summary = SampleSummary()
    private var builder: SampleTreeBuilder
    private var isSelected: [Bool] = []

    init(selection: SampleSelection, limits: Limits) {
        summary.selection = selection
        builder = SampleTreeBuilder(maximumNodes: limits.sampleNodes)
    }

    /// Adds one session, of its stacks those on paths of which `isSelected` holds.
    mutating func add(_ session: SessionModel, where isSelected: (UInt64) -> Bool = { _ in true }) {
        var stacks = SessionStacks(session: session)
        let inOrder = session.stacks.counts.sorted { Self.areInOrder($0.key, $1.key) }
        for (key, count) in inOrder where count.value > 0 && isSelected(key.path) {
            switch key.what {
            case "unsampled" where key.stack == nil: summary.unsampled = saturatingSum(summary.unsampled, count.value)
            case "(other)" where key.stack == nil && key.path == 0:
                summary.unkept = saturatingSum(summary.unkept, count.value)
            default: add(count.value, key, &stacks)
            }
        }
    }

    /// The tree is cut where it is full, so what it holds must not depend on the order of a dictionary.
    private static func areInOrder(_ left: StackCounts.Key, _ right: StackCounts.Key) -> Bool {
        if left.path != right.path { return left.path < right.path }
        if left.what != right.what { return left.what < right.what }
        guard let first = left.stack, let second = right.stack else { return left.stack == nil && right.stack != nil }
        for list in [\SampleRecord.Stack.callers, \.frames] where first[keyPath: list] != second[keyPath: list] {
            return first[keyPath: list].lexicographicallyPrecedes(second[keyPath: list]) { $0.rawValue < $1.rawValue }
        }
        return first.isCut == second.isCut ? !first.isPhysicalOnly && second.isPhysicalOnly : second.isCut
    }

    private mutating func add(_ count: UInt64, _ key: StackCounts.Key, _ stacks: inout SessionStacks) {
        summary.taken = saturatingSum(summary.taken, count)
        let isOnCPU = key.what == "cpu" || key.what == "running"
        switch summary.selection.threads {
        case .all: break
        case .onCPU: guard isOnCPU else { return }
        case .offCPU: guard !isOnCPU else { return }
        }
        let (frames, line, isCut) = stacks.frames(of: key, isOnCPU: isOnCPU, &builder)
        guard frames.contains(where: { selects($0) }) || summary.selection.function == nil else { return }
        let counts = isOnCPU ? SampleCounts(onCPU: count) : SampleCounts(offCPU: count)
        let isWhole = builder.add(counts, stack: frames, line: line)
        if isCut || !isWhole { summary.cut = saturatingSum(summary.cut, count) }
        if key.stack?.isPhysicalOnly == true { summary.physicalOnly = saturatingSum(summary.physicalOnly, count) }
        if key.stack == nil { summary.withoutStack = saturatingSum(summary.withoutStack, count) }
    }

    private mutating func selects(_ frame: Int) -> Bool {
        while isSelected.count <= frame {
            isSelected.append(summary.selection.selects(builder.frames[isSelected.count]))
        }
        return isSelected[frame]
    }

    /// Returns the summary.
    consuming func finished() -> SampleSummary {
        var finished = summary
        finished.tree = builder.finished()
        HotFunctionSearch(tree: finished.tree).fill(&finished)
        if !finished.selection.isBySpan { finished.tree = finished.tree.withoutSpans() }
        return finished
    }
}

/// The stacks of one session, as frames.
private struct SessionStacks {
    private struct Place: Hashable {
        var location: CodeLocation
        var isReturnAddress: Bool
        var isAsync: Bool
    }

    /// A function that is open at a place, and the line it is in; 0: not known.
    private struct Function {
        var frame: Int
        var line: UInt64
    }

    let session: SessionModel
    private var functionsOfPlace: [Place: [Function]] = [:]
    private var spansOfPath: [UInt64: [Int]] = [:]

    init(session: SessionModel) {
        self.session = session
    }

    /// Returns a stack's frames, outermost first; the line of the function that the sample counts for, 0 where it is not known;
    /// and whether frames are missing.
    mutating func frames(
        of key: StackCounts.Key, isOnCPU: Bool, _ builder: inout SampleTreeBuilder
    ) -> (frames: [Int], line: UInt64, isCut: Bool) {
        var frames = spans(of: key.path, &builder)
        var isCut = false
        var line: UInt64 = 0
        if let stack = key.stack {
            var code = functions(of: stack, &builder)
            isCut = stack.isCut || code.count > SampleTotals.longestCode
            if isCut {
                code.removeLast(max(0, code.count - SampleTotals.longestCode))
                code.append(Function(frame: builder.index(of: .cut), line: 0))
            }
            let hot = code.first { isOnCPU || !builder.frames[$0.frame].isOfCLibrary } ?? code.first
            line = hot?.line ?? 0
            frames += code.reversed().map(\.frame)
        } else if frames.isEmpty {
            frames.append(builder.index(of: .noStack))
        }
        if !isOnCPU { frames.append(builder.index(of: SampleFrame(kind: .wait, name: key.what))) }
        return (frames, line, isCut)
    }

    /// Returns the functions of a stack, innermost first.
    private mutating func functions(
        of stack: SampleRecord.Stack, _ builder: inout SampleTreeBuilder
    ) -> [Function] {
        var code: [Function] = []
        for (index, location) in stack.frames.enumerated() {
            // Where the task's callers are known, the outermost function on the thread's stack is the task's.
            let isAsync = !stack.callers.isEmpty && index == stack.frames.count - 1
            // The innermost address is the interrupted instruction's own.
            code += functions(at: Place(location: location, isReturnAddress: index > 0, isAsync: isAsync), &builder)
        }
        for location in stack.callers {
            // A caller goes on at the start of a function of its own.
            code += functions(at: Place(location: location, isReturnAddress: false, isAsync: true), &builder)
        }
        return code
    }

    private mutating func functions(at place: Place, _ builder: inout SampleTreeBuilder) -> [Function] {
        if let known = functionsOfPlace[place] { return known }
        let found = session.symbols.frames(at: place.location, isReturnAddress: place.isReturnAddress)
        let functions = found.map { symbol in
            var frame = SampleFrame(symbol)
            if place.isAsync { frame.kind = .asyncCode }
            return Function(frame: builder.index(of: frame), line: UInt64(max(0, symbol.line ?? 0)))
        }
        functionsOfPlace[place] = functions
        return functions
    }

    /// Returns the spans of a path, outermost first. A path may be its own ancestor in a hostile log.
    private mutating func spans(of path: UInt64, _ builder: inout SampleTreeBuilder) -> [Int] {
        if let known = spansOfPath[path] { return known }
        var frames: [Int] = []
        var seen: Set<UInt64> = []
        var next = path
        while next != 0, seen.insert(next).inserted {
            guard frames.count < SampleTotals.longestSpans else {
                frames.append(builder.index(of: .cut))
                break
            }
            let node = session.paths[next]?.node
            let callsite = node.flatMap { session.callsites[$0.callsite] }
            let frame = SampleFrame(
                kind: .span, name: callsite?.name ?? FunctionTotals.nameOfUnnamed(path: next),
                function: callsite?.function ?? "", file: callsite?.file ?? "", line: callsite?.line ?? 0)
            frames.append(builder.index(of: frame))
            next = node?.parent ?? 0
        }
        frames.reverse()
        spansOfPath[path] = frames
        return frames
    }
}

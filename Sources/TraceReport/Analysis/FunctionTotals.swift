import TraceLog

/// Adds the paths of sessions up by function.
struct FunctionTotals {
    /// Sums, in the order functions were first met.
    private(set) var functions: [FunctionSummary] = []
    /// The on-CPU time of root paths, and what recording all calls cost, nanoseconds.
    private(set) var rootCPUNanoseconds: UInt64 = 0
    private(set) var recordingNanoseconds: Double = 0
    private(set) var hasAsyncPaths = false
    private(set) var cyclicPaths: UInt64 = 0
    private(set) var unnamedPaths: UInt64 = 0
    private(set) var staleHistograms: UInt64 = 0

    private var indexOfPlace: [Place: Int] = [:]
    private var durations: [[ClockedDurations]] = []
    private var errorTypes: [Int: [String: UInt64]] = [:]
    private var waits: [Int: [String: UInt64]] = [:]

    /// What makes two callsites of different sessions the same function.
    private struct Place: Hashable {
        var name: String
        var function: String
        var file: String
        var line: UInt64
    }

    /// Durations in ticks of one clock.
    private struct ClockedDurations {
        var ticksPerSecond: UInt64
        var buckets: BucketCounts
    }

    /// Adds one session.
    mutating func add(_ session: SessionModel) {
        let tree = CallTree(session.paths)
        let functionOfPath = tree.ids.map { functionIndex(ofPath: $0, in: session) }
        var walk = SessionWalk(functionCount: functions.count)
        cyclicPaths += tree.walk { step in
            switch step {
            case .enter(let index):
                let function = functionOfPath[index]
                if walk.openPaths == 0 { walk.begin(root: index) }
                if let path = session.paths[tree.ids[index]] {
                    let children = tree.children(of: index).lazy.compactMap { session.paths[tree.ids[$0]] }
                    let childrenCPU = children.reduce(0) { saturatingSum($0, $1.counters.cpuNanoseconds) }
                    let root = session.paths[tree.ids[walk.root]]?.counters.count ?? 0
                    add(path, to: function, of: session, childrenCPU: childrenCPU, walk: &walk, rootCalls: root)
                }
                walk.open(function)
            case .leave(let index): walk.close(functionOfPath[index])
            }
        }
        for (key, count) in session.waits {
            guard let function = tree.index(of: key.path).map({ functionOfPath[$0] }) else { continue }
            let known = waits[function, default: [:]][key.what] ?? 0
            waits[function, default: [:]][key.what] = saturatingSum(known, count.value)
        }
        for (key, count) in session.errorTypes {
            // Errors of a path without counters are of no function in the ranking.
            guard let function = tree.index(of: key.path).map({ functionOfPath[$0] }) else { continue }
            let known = errorTypes[function, default: [:]][key.type] ?? 0
            errorTypes[function, default: [:]][key.type] = saturatingSum(known, count.value)
        }
    }

    /// Returns the functions with percentiles and shares.
    consuming func finished() -> [FunctionSummary] {
        let allSelf = functions.reduce(0.0) { $0 + Double($1.selfNanoseconds) }
        var finished = functions
        for index in finished.indices {
            setQuantiles(of: &finished[index], durations[index])
            finished[index].share = allSelf > 0 ? Double(finished[index].selfNanoseconds) / allSelf : 0
            finished[index].errorTypes = (errorTypes[index] ?? [:])
                .map { FunctionSummary.ErrorType(type: $0.key, count: $0.value) }
                .sorted { ($1.count, $0.type) < ($0.count, $1.type) }
            finished[index].waits = (waits[index] ?? [:])
                .map { FunctionSummary.Wait(what: $0.key, looks: $0.value) }
                .sorted { ($1.looks, $0.what) < ($0.looks, $1.what) }
        }
        return finished.filter { $0.count > 0 || $0.totalNanoseconds > 0 }
    }

    private mutating func add(
        _ path: PathModel, to function: Int, of session: SessionModel, childrenCPU: UInt64,
        walk: inout SessionWalk, rootCalls: UInt64
    ) {
        let counters = path.counters
        let isAsync = path.node?.form == .async
        if walk.isOpen(function) == false {
            functions[function].totalNanoseconds = saturatingSum(
                functions[function].totalNanoseconds, counters.totalNanoseconds)
            functions[function].cpuNanoseconds = saturatingSum(
                functions[function].cpuNanoseconds, counters.cpuNanoseconds)
        }
        addOwn(counters, to: &functions[function], isAsync: isAsync, childrenCPU: childrenCPU)
        if walk.openPaths == 0 {
            rootCPUNanoseconds = saturatingSum(rootCPUNanoseconds, counters.cpuNanoseconds)
        } else if walk.isFirstUnderRoot(function) {
            functions[function].rootCalls = saturatingSum(functions[function].rootCalls, rootCalls)
        }
        let calls = Double(counters.count) + Double(counters.folded)
        recordingNanoseconds += calls * Double(session.announcement?.spanCostPicoseconds ?? 0) / 1_000
        if isAsync, counters.count > 0 { hasAsyncPaths = true }
        if path.hasStaleDurations { staleHistograms += 1 }
        let ticksPerSecond = path.isFromSpans ? 1_000_000_000 : session.lastClock?.ticksPerSecond ?? 0
        if ticksPerSecond > 0, path.durations.bucketsInUse > 0 {
            add(path.durations, ticksPerSecond: ticksPerSecond, to: function)
        }
    }

    private func addOwn(
        _ counters: PathCounters, to summary: inout FunctionSummary, isAsync: Bool, childrenCPU: UInt64
    ) {
        summary.count = saturatingSum(summary.count, counters.count)
        summary.selfNanoseconds = saturatingSum(summary.selfNanoseconds, counters.selfNanoseconds)
        summary.errors = saturatingSum(summary.errors, counters.errors)
        summary.maximumNanoseconds = max(summary.maximumNanoseconds, counters.maximumNanoseconds)
        if isAsync {
            if counters.count > 0 { summary.hasAsyncPaths = true }
        } else {
            let ownCPU = counters.cpuNanoseconds > childrenCPU ? counters.cpuNanoseconds - childrenCPU : 0
            summary.selfCPUNanoseconds = saturatingSum(summary.selfCPUNanoseconds, ownCPU)
            summary.syncSelfNanoseconds = saturatingSum(summary.syncSelfNanoseconds, counters.selfNanoseconds)
        }
    }

    /// Merges durations. Clocks whose rates differ by less than 0.1 % share their buckets, which is far below a
    /// bucket's width; others are counted again in nanoseconds.
    private mutating func add(_ buckets: BucketCounts, ticksPerSecond: UInt64, to function: Int) {
        let tolerance = ticksPerSecond / 1_000
        for index in durations[function].indices {
            let rate = durations[function][index].ticksPerSecond
            if max(rate, ticksPerSecond) - min(rate, ticksPerSecond) <= tolerance {
                durations[function][index].buckets.merge(buckets)
                return
            }
        }
        guard durations[function].count < 4 else {
            let rate = durations[function][0].ticksPerSecond
            durations[function][0].buckets.merge(buckets.converted(fromTicksPerSecond: ticksPerSecond, to: rate))
            return
        }
        durations[function].append(ClockedDurations(ticksPerSecond: ticksPerSecond, buckets: buckets))
    }

    private func setQuantiles(of summary: inout FunctionSummary, _ durations: [ClockedDurations]) {
        guard let first = durations.first else { return }
        var merged = first.buckets
        var rate = first.ticksPerSecond
        if durations.count > 1 {
            rate = 1_000_000_000
            merged = BucketCounts()
            for part in durations {
                merged.merge(part.buckets.converted(fromTicksPerSecond: part.ticksPerSecond, to: rate))
            }
        }
        let histogram = merged.histogram
        let longest = summary.maximumNanoseconds
        func nanoseconds(_ quantile: Double) -> UInt64? {
            histogram.quantile(quantile).map { ticks in
                let value = (ticks * 1e9 / Double(rate)).rounded()
                return value >= Double(longest) ? longest : UInt64(value)
            }
        }
        summary.p50Nanoseconds = nanoseconds(0.5)
        summary.p95Nanoseconds = nanoseconds(0.95)
        summary.p99Nanoseconds = nanoseconds(0.99)
    }

    /// What a path is called whose callsite no record names.
    static func nameOfUnnamed(path: UInt64) -> String { "(unnamed path \(path))" }

    /// Returns the index of a path's function, which is made where it is new.
    private mutating func functionIndex(ofPath id: UInt64, in session: SessionModel) -> Int {
        let callsite = session.paths[id]?.node.flatMap { session.callsites[$0.callsite] }
        if callsite == nil { unnamedPaths += 1 }
        let place = Place(
            name: callsite?.name ?? Self.nameOfUnnamed(path: id), function: callsite?.function ?? "",
            file: callsite?.file ?? "", line: callsite?.line ?? 0)
        if let known = indexOfPlace[place] { return known }
        indexOfPlace[place] = functions.count
        functions.append(
            FunctionSummary(name: place.name, function: place.function, file: place.file, line: place.line))
        durations.append([])
        return functions.count - 1
    }
}

/// Which functions are open at a point of a walk through a session's tree.
private struct SessionWalk {
    private(set) var openPaths = 0
    private(set) var root = 0
    private var openCount: [Int]
    private var lastRoot: [Int]

    init(functionCount: Int) {
        openCount = Array(repeating: 0, count: functionCount)
        lastRoot = Array(repeating: -1, count: functionCount)
    }

    mutating func begin(root: Int) { self.root = root }

    func isOpen(_ function: Int) -> Bool { openCount[function] > 0 }

    /// Whether this is the first path of a function under the current root.
    mutating func isFirstUnderRoot(_ function: Int) -> Bool {
        defer { lastRoot[function] = root }
        return lastRoot[function] != root
    }

    mutating func open(_ function: Int) {
        openCount[function] += 1
        openPaths += 1
    }

    mutating func close(_ function: Int) {
        openCount[function] -= 1
        openPaths -= 1
    }
}

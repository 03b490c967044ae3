import TraceLog

/// Adds the paths of sessions up by function.
struct FunctionTotals {
    /// Sums, by the functions' numbers in the table.
    private(set) var functions: [FunctionSummary] = []
    /// The on-CPU time of root paths, and what recording all calls cost, nanoseconds.
    private(set) var rootCPUNanoseconds: UInt64 = 0
    private(set) var recordingNanoseconds: Double = 0
    private(set) var hasAsyncPaths = false
    private(set) var cyclicPaths: UInt64 = 0
    private(set) var unnamedPaths: UInt64 = 0
    private(set) var staleHistograms: UInt64 = 0

    private var durations: [MergedDurations] = []
    private var errorTypes: [Int: [String: UInt64]] = [:]
    private var waits: [Int: [String: UInt64]] = [:]

    /// Adds the selected paths of one session, whose functions are in the table.
    mutating func add(_ paths: SessionPaths, _ table: FunctionTable) {
        for place in table.places[functions.count...] {
            functions.append(
                FunctionSummary(name: place.name, function: place.function, file: place.file, line: place.line))
            durations.append(MergedDurations())
        }
        cyclicPaths += paths.cycles
        unnamedPaths += paths.unnamed
        addCounters(of: paths)
        for (key, count) in paths.session.waits {
            guard let function = function(of: key.path, in: paths) else { continue }
            let known = waits[function, default: [:]][key.what] ?? 0
            waits[function, default: [:]][key.what] = saturatingSum(known, count.value)
        }
        for (key, count) in paths.session.errorTypes {
            guard let function = function(of: key.path, in: paths) else { continue }
            let known = errorTypes[function, default: [:]][key.type] ?? 0
            errorTypes[function, default: [:]][key.type] = saturatingSum(known, count.value)
        }
    }

    /// Returns the function of a selected path; nil where it has no counters, so that it is of no function in the ranking.
    private func function(of path: UInt64, in paths: SessionPaths) -> Int? {
        paths.tree.index(of: path).flatMap { paths.isSelected[$0] ? paths.functions[$0] : nil }
    }

    private mutating func addCounters(of paths: SessionPaths) {
        let cost = Double(paths.session.announcement?.spanCostPicoseconds ?? 0) / 1_000
        var walk = SessionWalk(functionCount: functions.count)
        paths.walk { step in
            switch step {
            case .enter(let index):
                let function = paths.functions[index]
                if walk.openPaths == 0 { walk.begin(root: index) }
                let path = paths.models[index]
                let childrenCPU = paths.tree.children(of: index).reduce(0) {
                    saturatingSum($0, paths.models[$1].counters.cpuNanoseconds)
                }
                let rootCalls = paths.models[walk.root].counters.count
                recordingNanoseconds += (Double(path.counters.count) + Double(path.counters.folded)) * cost
                add(path, to: function, childrenCPU: childrenCPU, walk: &walk, rootCalls: rootCalls)
                walk.open(function)
            case .leave(let index): walk.close(paths.functions[index])
            }
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
        _ path: SessionPaths.Model, to function: Int, childrenCPU: UInt64, walk: inout SessionWalk, rootCalls: UInt64
    ) {
        let counters = path.counters
        let isAsync = path.isAsync
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
        if isAsync, counters.count > 0 { hasAsyncPaths = true }
        if path.hasStaleDurations { staleHistograms += 1 }
        durations[function].add(path.durations, ticksPerSecond: path.ticksPerSecond)
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

    private func setQuantiles(of summary: inout FunctionSummary, _ durations: MergedDurations) {
        guard let quantiles = durations.quantiles(longest: summary.maximumNanoseconds) else { return }
        summary.p50Nanoseconds = quantiles.nanoseconds(0.5)
        summary.p90Nanoseconds = quantiles.nanoseconds(0.9)
        summary.p95Nanoseconds = quantiles.nanoseconds(0.95)
        summary.p99Nanoseconds = quantiles.nanoseconds(0.99)
        summary.p999Nanoseconds = quantiles.nanoseconds(0.999)
        summary.p50Interval = quantiles.interval(0.5)
        summary.p99Interval = quantiles.interval(0.99)
    }

    /// What a path is called whose callsite no record names.
    static func nameOfUnnamed(path: UInt64) -> String { "(unnamed path \(path))" }
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

import SeededRandom
import TraceLog
import TraceReport

/// A picture service that is simulated, span by span, so that all parts of its report fit each other.
struct PageService {
    /// A span of a request, and those under it.
    struct Step {
        var place: FunctionPlace
        /// What its own code takes at the median, nanoseconds.
        var own: Double
        /// The share of that on a processor.
        var cpu = 0.5
        /// How often its parent calls it.
        var calls = 1
        var isAsync = false
        /// The share of calls that fail.
        var failing = 0.0
        var steps: [Step] = []

        init(
            _ name: String, _ file: String, _ line: UInt64, own: Double, cpu: Double = 0.5, calls: Int = 1,
            _ steps: [Step] = []
        ) {
            let function = String(name.split(separator: ".").last ?? "") + "(_:)"
            place = FunctionPlace(name: name, function: function, file: file, line: line)
            (self.own, self.cpu, self.calls, self.steps) = (own, cpu, calls, steps)
        }
    }

    private static let ms = 1e6
    private static let us = 1e3

    /// - Parameter storeFactor: How much longer the store waits for the disk than it once did.
    static func roots(storeFactor: Double = 1) -> [Step] {
        var upload = Step(
            "POST /images", "RED/PictureUpload.swift", 33, own: 0.6 * ms, cpu: 0.4,
            [
                Step("body.receive", "RED/PictureReceiver.swift", 47, own: 2.1 * ms, cpu: 0.05),
                Step(
                    "image.decode", "Redness/PictureMeasurer.swift", 147, own: 0.4 * ms, cpu: 0.95,
                    [
                        Step(
                            "jpeg.scan", "Redness/JPEGReader.swift", 88, own: 1.1 * ms, cpu: 0.97,
                            [
                                Step(
                                    "jpeg.row", "Redness/JPEGReader.swift", 131, own: 0.2 * ms, cpu: 0.99, calls: 3,
                                    [Step("jpeg.idct", "Redness/JPEGBlock.swift", 34, own: 0.5 * ms, cpu: 1)])
                            ]),
                        Step("image.colours", "Redness/ColourProfile.swift", 61, own: 1.2 * ms, cpu: 0.99),
                        Step("image.red.count", "Redness/RedCounter.swift", 22, own: 0.5 * ms, cpu: 0.99, calls: 4),
                    ]),
                Step(
                    "records.commit", "RED/StoreWriter.swift", 57, own: 0.3 * ms, cpu: 0.3,
                    [
                        Step(
                            "sqlite.commit", "RED/StoreConnection.swift", 72, own: 0.4 * ms, cpu: 0.6,
                            [Step("disk.sync", "RED/StoreWriter.swift", 91, own: 4.4 * ms * storeFactor, cpu: 0.02)]),
                        Step("records.insert", "RED/PictureRecords.swift", 118, own: 40 * us, cpu: 0.8, calls: 6),
                    ]),
                Step("events.publish", "RED/OutboxPublisher.swift", 72, own: 0.9 * ms, cpu: 0.2),
            ])
        upload.isAsync = true
        upload.failing = 0.01
        let read = Step(
            "GET /images/{id}", "RED/PictureRoutes.swift", 58, own: 0.1 * ms, cpu: 0.6,
            [
                Step("cache.lookup", "RED/PictureCache.swift", 40, own: 12 * us, cpu: 0.98),
                Step(
                    "records.find", "RED/PictureRecords.swift", 64, own: 0.5 * ms, cpu: 0.5,
                    [Step("row.decode", "RED/PictureRow.swift", 19, own: 8 * us, cpu: 1, calls: 12)]),
            ])
        return [upload, read]
    }

    private struct Node {
        var sums = CallingContextTree.Node(parent: nil, function: 0, depth: 0)
        var durations = DurationHistogram()
        var children: [Int] = []
    }

    private struct Tally {
        var summary: FunctionSummary
        var durations = DurationHistogram()
        var rootCalls: Set<Int> = []
        var windows: [Timeline.Window]
    }

    static let windows = 60
    private var random: SeededGenerator
    private var nodes: [Node] = []
    private var rootNodes: [Int] = []
    private var functions: [FunctionPlace] = []
    private var tallies: [Tally] = []
    private var numbers: [FunctionPlace: Int] = [:]
    private var spans: [RequestSummary.Span] = []
    private var path: [RequestSummary.Segment] = []
    private var requests: [RequestSummary] = []
    private var rootCounts: [FunctionPlace: UInt64] = [:]
    private var root = 0
    private var window = 0

    private init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// The report of ten minutes; in the last three the store is four times slower.
    static func report(seed: UInt64 = 7, storeFactor: Double = 1, requests perWindow: Int = 40) -> Report {
        var service = PageService(seed: seed)
        for window in 0..<windows {
            let roots = roots(storeFactor: window >= 42 ? 4 * storeFactor : storeFactor)
            for request in 0..<perWindow {
                service.window = window
                service.serve(roots[request % 3 == 0 ? 0 : 1])
            }
        }
        return service.finished()
    }

    private mutating func serve(_ step: Step) {
        (spans, path) = ([], [])
        root = numbers[step.place] ?? 0
        let start = WrittenLog.start + UInt64(window) * 10_000_000_000 + UInt64(requests.count % 40) * 250_000_000
        let took = run(step, at: 0, under: nil, depth: 0, node: nil).took
        rootCounts[step.place, default: 0] += 1
        let hasFailed = spans[0].hasFailed
        var request = RequestSummary(
            session: 1, id: UInt64(requests.count + 1), reason: hasFailed ? .failed : .slow,
            startWallNanoseconds: start, durationNanoseconds: took)
        (request.spans, request.criticalPath) = (spans, path)
        requests.append(request)
    }

    /// Runs a span and those under it one after the other, and returns how long it took, and how long of that on a
    /// processor.
    private mutating func run(_ step: Step, at begin: UInt64, under parent: Int?, depth: Int, node: Int?) -> (
        took: UInt64, cpu: UInt64
    ) {
        let here = child(step.place, of: node, depth: depth)
        let index = spans.count
        // About log-normal: a product of a few uniform factors, and now and then a long one.
        let spread = (0..<4).reduce(1.0) { product, _ in product * Double.random(in: 0.75...1.4, using: &random) }
        let rare = Double.random(in: 0..<1, using: &random) < 0.01 ? 5.0 : 1
        let own = UInt64(step.own * spread * rare)
        let hasFailed = Double.random(in: 0..<1, using: &random) < step.failing
        spans.append(
            RequestSummary.Span(
                place: step.place, parent: parent, depth: depth, startNanoseconds: begin, durationNanoseconds: 0,
                selfNanoseconds: own, hasFailed: hasFailed))
        var now = begin + own / 2
        path.append(.init(span: index, startNanoseconds: begin, endNanoseconds: now))
        var cpu = UInt64(Double(own) * step.cpu)
        for inner in step.steps {
            for _ in 0..<inner.calls {
                let run = run(inner, at: now, under: index, depth: depth + 1, node: here)
                now += run.took
                cpu += run.cpu
            }
        }
        path.append(.init(span: index, startNanoseconds: now, endNanoseconds: now + own - own / 2))
        let took = now + own - own / 2 - begin
        spans[index].durationNanoseconds = took
        count(step, here, took: took, own: own, cpu: cpu, hasFailed: hasFailed)
        return (took, cpu)
    }

    private mutating func child(_ place: FunctionPlace, of parent: Int?, depth: Int) -> Int {
        let siblings = parent.map { nodes[$0].children } ?? rootNodes
        if let known = siblings.first(where: { functions[nodes[$0].sums.function] == place }) { return known }
        var node = Node()
        if numbers[place] == nil {
            numbers[place] = functions.count
            functions.append(place)
            tallies.append(
                Tally(
                    summary: FunctionSummary(
                        name: place.name, function: place.function, file: place.file, line: place.line),
                    windows: Array(repeating: Timeline.Window(), count: Self.windows)))
        }
        node.sums = .init(parent: parent, function: numbers[place] ?? 0, depth: depth)
        nodes.append(node)
        if let parent { nodes[parent].children.append(nodes.count - 1) } else { rootNodes.append(nodes.count - 1) }
        return nodes.count - 1
    }

    private mutating func count(
        _ step: Step, _ node: Int, took: UInt64, own: UInt64, cpu: UInt64, hasFailed: Bool
    ) {
        let errors: UInt64 = hasFailed ? 1 : 0
        nodes[node].sums.count += 1
        nodes[node].sums.totalNanoseconds += took
        nodes[node].sums.selfNanoseconds += own
        nodes[node].sums.cpuNanoseconds += cpu
        nodes[node].sums.errors += errors
        nodes[node].sums.isAsync = step.isAsync
        nodes[node].durations.add(ticks: took)
        let number = nodes[node].sums.function
        var tally = tallies[number]
        tally.summary.count += 1
        tally.summary.totalNanoseconds += took
        tally.summary.selfNanoseconds += own
        tally.summary.cpuNanoseconds += cpu
        tally.summary.selfCPUNanoseconds += UInt64(Double(own) * step.cpu)
        if !step.isAsync { tally.summary.syncSelfNanoseconds += own }
        tally.summary.hasAsyncPaths = step.isAsync
        tally.summary.errors += errors
        tally.summary.maximumNanoseconds = max(tally.summary.maximumNanoseconds, took)
        tally.durations.add(ticks: took)
        tally.windows[window].count += 1
        tally.windows[window].errors += errors
        tally.windows[window].totalNanoseconds += took
        tally.windows[window].selfNanoseconds += own
        tally.windows[window].durations.add(ticks: took)
        if nodes[node].sums.depth > 0 { tally.rootCalls.insert(root) }
        tallies[number] = tally
    }
}

extension PageService {
    private consuming func finished() -> Report {
        var report = LogAnalyser().report()
        func rounded(_ value: Double?) -> UInt64? { value.map { UInt64($0) } }
        report.selfNanoseconds = tallies.reduce(0) { $0 + $1.summary.selfNanoseconds }
        report.functions = tallies.map { tally in
            var summary = tally.summary
            summary.p50Nanoseconds = rounded(tally.durations.quantile(0.5))
            summary.p95Nanoseconds = rounded(tally.durations.quantile(0.95))
            summary.p99Nanoseconds = rounded(tally.durations.quantile(0.99))
            summary.share = Double(summary.selfNanoseconds) / Double(report.selfNanoseconds)
            summary.rootCalls = tally.rootCalls.reduce(0) { $0 + (rootCounts[functions[$1]] ?? 0) }
            return summary
        }.sorted { $0.selfNanoseconds > $1.selfNanoseconds }
        report.tree.functions = functions
        append(rootNodes, under: nil, to: &report.tree)
        report.requests = Array(requests.sorted { $0.durationNanoseconds > $1.durationNanoseconds }.prefix(8))
        report.requests += requests.filter { $0.reason == .failed }.prefix(2)
        report.timeline.startWallNanoseconds = WrittenLog.start
        report.timeline.windowNanoseconds = 10_000_000_000
        report.timeline.windowCount = Self.windows
        report.timeline.functions = tallies.map { tally in
            .init(place: tally.summary.place, isRoot: rootCounts[tally.summary.place] != nil, windows: tally.windows)
        }
        let stack = ["POST /images", "records.commit", "disk.sync"].compactMap { name in
            functions.first { $0.name == name }
        }
        report.open = [
            OpenSpan(
                session: 1, pid: 4242, stack: stack, request: 9_001, thread: 7,
                startWallNanoseconds: WrittenLog.start + 570_000_000_000, ageNanoseconds: 30_000_000_000),
            OpenSpan(
                session: 1, pid: 4242, stack: Array(stack.prefix(1)), request: 9_002,
                startWallNanoseconds: WrittenLog.start + 588_000_000_000, ageNanoseconds: 12_000_000_000),
        ]
        return named(report)
    }

    private func append(_ numbers: [Int], under parent: Int?, to tree: inout CallingContextTree) {
        for number in numbers.sorted(by: { nodes[$0].sums.totalNanoseconds > nodes[$1].sums.totalNanoseconds }) {
            var node = nodes[number].sums
            node.parent = parent
            node.p50Nanoseconds = nodes[number].durations.quantile(0.5).map { UInt64($0) }
            node.p99Nanoseconds = nodes[number].durations.quantile(0.99).map { UInt64($0) }
            tree.nodes.append(node)
            append(nodes[number].children, under: tree.nodes.count - 1, to: &tree)
        }
    }

    /// Gives a report the header of a log.
    private func named(_ report: Report) -> Report {
        var report = report
        var log = WrittenLog()
        log.writeSession()
        log.writeClock(seconds: 600)
        var analyser = LogAnalyser()
        do {
            try analyser.read(.bytes(log.bytes, name: "server.log"))
        } catch {
            fatalError("bytes are always read: \(error)")
        }
        let header = analyser.report()
        (report.inputs, report.processes) = (header.inputs, header.processes)
        return report
    }
}

import CAllocationCount
import CMeasure
import Synchronization

/// One line of the table: something done many times.
struct Row: Sendable {
    let name: String
    let operations: Int
    /// How many spans one operation opens.
    let spans: Int
    /// Whether Hoofprint records meanwhile.
    let isRecording: Bool
    let body: @Sendable (Int) async -> Void

    init(
        _ name: String, operations: Int = 400_000, spans: Int = 1, isRecording: Bool = true,
        _ body: @escaping @Sendable (Int) async -> Void
    ) {
        self.name = name
        self.operations = operations / spans
        self.spans = spans
        self.isRecording = isRecording
        self.body = body
    }

    /// Runs the row on `threads` tasks at once, a thread each, and returns what a span cost, averaged over them.
    func measure(threads: Int) async -> Cost {
        let line = StartLine(runners: threads)
        return await withTaskGroup(of: Cost.self) { group in
            for _ in 0..<threads { group.addTask { await measureOnThread(after: line) } }
            var sum = Cost()
            for await cost in group { sum += cost }
            return sum / Double(threads)
        }
    }

    private func measureOnThread(after line: StartLine) async -> Cost {
        line.wait()
        let allocations = allocations_of_this_thread()
        let start = measure_monotonic()
        await body(operations)
        let elapsed = measure_monotonic() - start
        let spans = Double(operations * spans)
        return Cost(
            nanoseconds: Double(elapsed) / spans,
            allocations: Double(allocations_of_this_thread() &- allocations) / spans)
    }
}

/// What a span cost.
struct Cost: Sendable {
    var nanoseconds = 0.0
    var allocations = 0.0

    static func += (left: inout Cost, right: Cost) {
        left.nanoseconds += right.nanoseconds
        left.allocations += right.allocations
    }

    static func / (cost: Cost, divisor: Double) -> Cost {
        Cost(nanoseconds: cost.nanoseconds / divisor, allocations: cost.allocations / divisor)
    }
}

/// Where tasks wait for one another, so that all of them run at once and none shares a thread.
final class StartLine: Sendable {
    private let runners: Int
    private let arrived = Atomic(0)

    init(runners: Int) {
        self.runners = runners
    }

    /// Waits, keeping its thread, until all are there.
    func wait() {
        arrived.add(1, ordering: .acquiringAndReleasing)
        while arrived.load(ordering: .acquiring) < runners { keep(0) }
    }
}

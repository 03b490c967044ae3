import Foundation
import Hoofprint
import SeededRandom
import Synchronization

/// `CALLS` calls (20,000) in random order, on four threads and in tasks: before the bootstrap, while recording, while
/// switched off, after the shutdown; tokens ended twice, elsewhere or never. `SEED` makes the order.
func randomCalls() async {
    let environment = ProcessInfo.processInfo.environment
    guard let seed = environment["SEED"].flatMap({ UInt64($0) }) else { fatalError("SEED is no number") }
    let calls = environment["CALLS"].flatMap { Int($0) } ?? 20_000
    let callers = (0..<4).map { RandomCaller(seed: seed &* 4 &+ UInt64($0)) }
    for (phase, share) in [(RandomCaller.Phase.before, 0.1), (.running, 0.8), (.after, 0.1)] {
        if phase == .running {
            HoofprintSystem.bootstrap()
            // One under nothing: the threads may all begin with a token, and have every span below it.
            callers[0].call(.span)
        }
        if phase == .after { callers[0].call(.shutdown) }
        let perThread = Int(Double(calls) * share) / callers.count
        let done = callers.map { caller in
            let semaphore = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                for _ in 0..<perThread { caller.callAny(phase) }
                semaphore.signal()
            }
            return semaphore
        }
        for semaphore in done { waitFor(semaphore) }
        await withTaskGroup { group in
            for caller in callers { group.addTask { for _ in 0..<10 { await caller.callAnyInTask() } } }
        }
    }
    print("done")
}

private func waitFor(_ semaphore: DispatchSemaphore) { semaphore.wait() }

/// Calls whatever there is.
private final class RandomCaller: Sendable {
    enum Phase { case before, running, after }

    enum Call: CaseIterable {
        case span, failing, begin, end, endTwice, attribute, context, attributes, flush, toggle, bootstrap, shutdown,
            drop
    }

    private let generator: Mutex<SeededGenerator>
    /// Tokens of all callers: whoever takes one ends it, wherever it began.
    private static let tokens = Mutex<[TraceSpan]>([])

    init(seed: UInt64) { generator = Mutex(SeededGenerator(seed: seed)) }

    private func below(_ bound: Int) -> Int {
        generator.withLock { Int.random(in: 0..<bound, using: &$0) }
    }

    func callAny(_ phase: Phase) {
        let call = Call.allCases[below(Call.allCases.count)]
        switch call {
        // Costly ones seldom; what ends it all when its time has come.
        case .flush: if below(50) == 0 { self.call(call) }
        case .bootstrap: if phase != .before, below(200) == 0 { self.call(call) }
        case .shutdown: if phase == .after { self.call(call) }
        default: self.call(call)
        }
    }

    func call(_ call: Call) {
        switch call {
        case .span: span("span") { if below(3) == 0 { callAny(.running) } }
        case .failing: do { try span("failing") { throw Refused() } } catch { span("caught") {} }
        case .begin: Self.tokens.withLock { if $0.count < 1000 { $0.append(TraceSpan.begin("token")) } }
        case .end: takeToken()?.end()
        case .endTwice:
            let token = takeToken()
            token?.end()
            token?.end()
        case .attribute: takeToken()?["key"] = below(1000)
        case .attributes: span("attributes", ["key": 1, "other": "text"]) { $0["late"] = true }
        case .context:
            let context = SpanContext.active
            context.run { span("under") {} }
        case .flush: HoofprintSystem.flush()
        case .toggle: HoofprintSystem.isRecording = below(4) != 0
        case .bootstrap: HoofprintSystem.bootstrap()
        case .shutdown: HoofprintSystem.shutdown()
        case .drop: _ = takeToken()
        }
    }

    func callAnyInTask() async {
        await span("task") {
            let token = TraceSpan.begin("task token")
            await Task.yield()
            if below(2) == 0 { Self.tokens.withLock { $0.append(token) } } else { token.end() }
            callAny(.running)
        }
    }

    private func takeToken() -> TraceSpan? {
        Self.tokens.withLock { $0.isEmpty ? nil : $0.remove(at: below($0.count)) }
    }
}

// wait-cost: what a look of the wait sampler costs, for as many threads as wait inside a span.
//
//     swift run --package-path Benchmarks -c release wait-cost
//
// The looks are made by the recorder, on the sampler's thread; every figure is the median of 501.

import Foundation
import Hoofprint
import Synchronization

/// Times the looks of a wait sampler.
final class TimedSampler: Sampler {
    let name = "timed"
    let looksPerSecond = 1000
    private let waits = WaitSampler()
    private let nanoseconds = Mutex<[Double]>([])

    func look(at threads: SpanThreads) {
        let clock = ContinuousClock()
        let start = clock.now
        waits.look(at: threads)
        let elapsed = (clock.now - start) / .nanoseconds(1)
        nanoseconds.withLock { $0.append(elapsed) }
    }

    func drain() -> [Sample] { waits.drain() }

    /// Forgets the looks so far, waits for 501, and returns their median.
    func median() -> Double {
        nanoseconds.withLock { $0 = [] }
        while nanoseconds.withLock({ $0.count }) < 501 { usleep(10_000) }
        return nanoseconds.withLock { $0.sorted()[$0.count / 2] }
    }
}

/// Starts a thread that opens `depth` spans and waits in the innermost one for ever; returns when it is about to wait.
func startWaitingThread(depth: Int) {
    let isInside = DispatchSemaphore(value: 0)
    @Sendable func open(_ left: Int) {
        span("waiting") {
            guard left == 1 else { return open(left - 1) }
            isInside.signal()
            DispatchSemaphore(value: 0).wait()
        }
    }
    Thread.detachNewThread { open(depth) }
    isInside.wait()
}

let sampler = TimedSampler()
// Every span is recorded on its own: recursion is not folded.
HoofprintSystem.bootstrap(.init(mode: .every, sinks: [], probes: [], samplers: [sampler]))
print("threads   a look, µs   a thread, µs")
var count = 0
for threads in [1, 8, 64, 256] {
    while count < threads {
        startWaitingThread(depth: 5)
        count += 1
    }
    let median = sampler.median() / 1000
    let each = median / Double(min(threads, WaitSampler.maximumThreads))
    print(String(format: "%7d %12.1f %14.2f", threads, median, each))
}
HoofprintSystem.shutdown()

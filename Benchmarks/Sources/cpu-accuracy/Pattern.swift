import CMeasure
import Foundation
import Synchronization

/// A way to spend time in a span.
struct Pattern: Sendable {
    let title: String
    /// The span that the pattern runs in.
    let name: StaticString
    let times: Int
    let body: @Sendable (inout Measured) -> Void
}

/// Computes for so long, by the thread's own clock, so that a competing thread takes nothing of it. The clock is read rarely:
/// what is tested is what happens between readings.
func compute(microseconds: UInt64) {
    let end = measure_thread_cpu() + microseconds * 1000
    while measure_thread_cpu() < end { for _ in 0..<2000 { keep(end) } }
}

func patterns(_ names: [StaticString]) -> [Pattern] {
    [
        Pattern(title: "busy for 0.8 ms", name: names[0], times: 300) { _ in compute(microseconds: 800) },
        Pattern(title: "busy, asleep, busy", name: names[1], times: 200) { _ in
            compute(microseconds: 200)
            usleep(500)
            compute(microseconds: 200)
        },
        Pattern(title: "20 spans of 50 µs, yielding", name: names[2], times: 100) { measured in
            for _ in 0..<20 {
                measured.span(names[4]) { _ in compute(microseconds: 50) }
                sched_yield()
            }
        },
        Pattern(title: "busy for 8 ms", name: names[3], times: 60) { _ in compute(microseconds: 8000) },
    ]
}

/// Runs `work` on a thread of its own, pinned to one processor, and waits for it.
func onPinnedThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) -> Result {
    let outcome = Mutex<Result?>(nil)
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
        guard measure_pin(0) else { fail("the system does not let a thread be pinned") }
        outcome.withLock { [work] in $0 = work() }
        done.signal()
    }
    done.wait()
    guard let result = outcome.withLock({ $0 }) else { fail("a thread ended without a result") }
    return result
}

/// Runs all patterns, under these names.
func run(_ names: [StaticString]) -> Measured {
    onPinnedThread {
        var measured = Measured(reading: Measured.readingCost())
        for pattern in patterns(names) {
            for _ in 0..<pattern.times { measured.span(pattern.name, pattern.body) }
        }
        return measured
    }
}

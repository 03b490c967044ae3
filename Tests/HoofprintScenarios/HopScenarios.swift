import Dispatch
import Foundation
import Hoofprint
import Synchronization

/// gettid(2), which Swift's module of the C library leaves out. pthread_self(3) is no use here: it is declared to never
/// change, and is not asked again after an await.
@_silgen_name("gettid")
private func threadNumber() -> Int32

/// Runs its jobs on a thread of its own.
private final class ThreadExecutor: SerialExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let wake = DispatchSemaphore(value: 0)

    init() {
        Thread { [self] in
            while true {
                wake.wait()
                let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                job?.runSynchronously(on: asUnownedSerialExecutor())
            }
        }.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        wake.signal()
    }
}

private actor Place {
    private let executor = ThreadExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs `body` here; counts when that is another thread than `before`. Returns this thread's number.
    func visit(from before: Int32, _ body: @Sendable () async -> Void) async -> Int32 {
        let here = threadNumber()
        if here != before { hopCount.add(1, ordering: .relaxed) }
        await body()
        return here
    }
}

private let hopCount = Atomic(0)

/// Tasks under roots of their own go to and fro between threads, 100,000 times in all, with spans below at every stop. Says
/// how often they came to another thread, and how many stops each of the two roots had.
func manyHops() async {
    let places = [Place(), Place()]
    let tasks = 8
    let rounds = 6300
    await withTaskGroup(of: Void.self) { group in
        for index in 0..<tasks {
            group.addTask {
                if index.isMultiple(of: 2) {
                    await span("even") { await travel(places, rounds) { await span("in.even") { await work() } } }
                } else {
                    await span("odd") { await travel(places, rounds) { await span("in.odd") { await work() } } }
                }
            }
        }
    }
    print(hopCount.load(ordering: .relaxed), tasks / 2 * rounds * places.count)
}

private func work() async {
    span("before") {}
    await Task.yield()
    span("after") {}
}

private func travel(_ places: [Place], _ rounds: Int, _ body: @escaping @Sendable () async -> Void) async {
    var thread = threadNumber()
    for _ in 0..<rounds {
        for place in places { thread = await place.visit(from: thread, body) }
    }
}

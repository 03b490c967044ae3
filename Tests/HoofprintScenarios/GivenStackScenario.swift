import Foundation
import Hoofprint
import Synchronization

/// A sampler that tells of one stack, which a thread has taken of itself.
final class GivenStack: Sampler {
    let name = "given"
    let looksPerSecond = 0
    private let samples = Mutex<[Sample]>([])
    private let hasStarted = Atomic(false)

    func start() { hasStarted.store(true, ordering: .relaxed) }

    func awaitStart() { while !hasStarted.load(ordering: .relaxed) { sched_yield() } }

    func give(_ frames: [UInt64], callers: [UInt64]) {
        samples.withLock {
            $0.append(
                Sample(path: nil, what: "running", frames: frames, callers: callers, isPhysicalOnly: callers.isEmpty))
        }
    }

    func look(at threads: SpanThreads) {}

    func drain() -> [Sample] {
        samples.withLock { samples in
            defer { samples = [] }
            return samples
        }
    }
}

/// Return addresses of the calls that led here, as glibc finds them.
@inline(never)
private func returnAddresses() -> [UInt64] {
    Thread.callStackReturnAddresses.map(\.uint64Value)
}

struct Bakery<Dough> {
    let dough: Dough

    @inline(never)
    func knead(_ sampler: GivenStack) -> Int {
        let frames = returnAddresses()
        sampler.give(frames, callers: [])
        // Code that no object holds, and a place in the C library where a caller might go on.
        let known = UInt64(UInt(bitPattern: dlsym(nil, "qsort")))
        sampler.give([0x1234_5678] + frames.prefix(2), callers: [known])
        return frames.count
    }
}

@inline(never)
private func bake(_ sampler: GivenStack) -> Int {
    [1].map { Bakery(dough: $0).knead(sampler) + 1 }.reduce(0, +)
}

/// Real stacks, given to the recorder by a sampler of the user's; twice, with a flush between.
func stacked() {
    let sampler = GivenStack()
    var configuration = HoofprintSystem.Configuration.fromEnvironment
    configuration.probes = []
    configuration.samplers = [sampler]
    configuration.flushSeconds = 3600
    HoofprintSystem.bootstrap(configuration)
    sampler.awaitStart()
    for _ in 0..<2 {
        guard bake(sampler) > 0 else { fatalError("nobody called") }
        HoofprintSystem.flush()
    }
}

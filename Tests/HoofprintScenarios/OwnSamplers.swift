import Foundation
import Hoofprint
import Synchronization

/// A sampler as a user would write it. It keeps a diary of what it was asked to do, of looks in a row the first.
final class DiarySampler: Sampler {
    let name = "diary"
    let looksPerSecond = 1000
    private let state = Mutex<(diary: [String], samples: [Sample], looks: Int)>(([], [], 0))

    var diary: [String] { state.withLock { $0.diary } }

    func start() { state.withLock { $0.diary.append("start") } }

    func look(at threads: SpanThreads) {
        let samples = threads.map { Sample(path: $0.path, what: "seen", frames: [0x1000, 0x2000], callers: [0x30]) }
        state.withLock { state in
            if state.diary.last != "look" { state.diary.append("look") }
            state.looks += 1
            state.samples += samples
        }
    }

    func stop() { state.withLock { $0.diary.append("stop") } }

    func drain() -> [Sample] {
        state.withLock { state in
            defer { state.samples = [] }
            return state.samples
        }
    }

    /// Waits for a whole look that begins from now on.
    func awaitLook() {
        let seen = state.withLock { $0.looks }
        while state.withLock({ $0.looks }) < seen + 2 { sched_yield() }
    }

    func awaitStop() { while diary.last != "stop" { sched_yield() } }
}

/// A sampler that cannot work here.
struct UnfitSampler: Sampler {
    struct NoHardware: Error, CustomStringConvertible {
        let description = "there are no hardware counters"
    }

    let name = "unfit"
    let looksPerSecond = 1000
    func start() throws { throw NoHardware() }
    func look(at threads: SpanThreads) { fatalError("was not started") }
    func drain() -> [Sample] { [] }
}

/// A sampler whose look never comes back.
final class HungSampler: Sampler {
    let name = "hung"
    let looksPerSecond = 1000
    private let hasLooked = Atomic(false)

    func look(at threads: SpanThreads) {
        hasLooked.store(true, ordering: .relaxed)
        while true { sleep(1000) }
    }

    func drain() -> [Sample] { [] }

    func awaitLook() { while !hasLooked.load(ordering: .relaxed) { sched_yield() } }
}

/// A sink that counts what samplers saw on each path.
final class SampleWatch: Sink {
    private let counts = Mutex<[String: [String: Int]]>([:])

    func write(_ lines: UnsafeRawBufferPointer) -> Int {
        for line in String(decoding: lines, as: UTF8.self).split(separator: "\n") where line.hasPrefix("~hp1 sample ") {
            var fields: [Substring: Substring] = [:]
            for field in line.split(separator: " ") {
                let parts = field.split(separator: "=", maxSplits: 1)
                if parts.count == 2 { fields[parts[0]] = parts[1] }
            }
            guard let path = fields["path"], let what = fields["what"], let count = fields["count"] else { continue }
            let thing = String(what + (fields["stack"] ?? ""))
            counts.withLock { $0[String(path), default: [:]][thing] = Int(count) }
        }
        return lines.count
    }

    /// How many paths, not counting what is outside any span, have been seen so often.
    func pathsSeen(atLeast minimum: Int) -> Int {
        counts.withLock { $0.count { $0.key != "0" && $0.value.values.reduce(0, +) >= minimum } }
    }

    /// How many samples there have been.
    var total: Int { counts.withLock { $0.values.reduce(0) { $0 + $1.values.reduce(0, +) } } }

    /// In a forked child: forgets what the parent saw.
    func forget() { counts.withLock { $0 = [:] } }
}

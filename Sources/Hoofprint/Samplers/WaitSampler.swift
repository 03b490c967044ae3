import CHoofprint
import Synchronization

/// Why spans wait: what the threads inside spans are doing, many times a second, on and off the processor.
///
/// No signal is sent and no thread is stopped: the kernel tells in `/proc/self/task/TID/syscall` (proc(5)) whether a thread
/// runs or which system call it is blocked in. A look costs some 7 µs of another processor for each thread inside a span
/// (`wait-cost` in `Benchmarks` measures it), and is made at ``maximumThreads`` of them at most, drawn at random.
///
/// What a thread does is counted on the path of its innermost open span, as one of:
///
/// | what | the thread |
/// |---|---|
/// | `running` | is on a processor, or ready and waiting for one |
/// | `lock` | waits for a mutex, a condition, a semaphore or another thread (futex(2)), or for a file's lock |
/// | `poll` | waits for any of several descriptors (epoll, poll, select, io_uring) |
/// | `network` | waits in a call on a socket |
/// | `pipe` | reads or writes a pipe |
/// | `disk` | reads, writes, opens, looks for or syncs a file |
/// | `device` | reads or writes a terminal, another device, or an eventfd and the like |
/// | `sleep` | sleeps for a time |
/// | `child` | waits for a child process |
/// | `signal` | waits for a signal |
/// | `memory` | waits for a page of memory, or for the map of addresses |
/// | `syscall:N` | is blocked in another system call, by its number on this architecture |
/// | `waiting`, `stopped`, `unknown` | where the kernel tells the state alone, or nothing |
///
/// Spans of suspended tasks have no thread and are not seen; nor is code of an async span outside any sync span.
public final class WaitSampler: Sampler {
    /// `waits`.
    public let name = "waits"

    /// How often it looks, 1…1000 a second.
    public let looksPerSecond: Int

    /// How many threads are looked at at once.
    public static let maximumThreads = 64

    /// A path and what was done there.
    private struct Key: Hashable {
        var path: SpanPath
        var does: UInt32
        var call: UInt32
    }

    private let counts = Mutex<[Key: UInt64]>([:])
    private let uncounted = Mutex<UInt64>(0)

    /// Pairs of path and thing done between two flushes; what comes beyond counts as `(other)`.
    private static let maximumPairs = 4096

    /// Makes the sampler.
    ///
    /// - Parameter looksPerSecond: 1…1000; others are brought into that range. At 20, a server with 20 busy threads pays 0.3 %
    ///   of one processor.
    public init(looksPerSecond: Int = 20) {
        self.looksPerSecond = min(1000, max(1, looksPerSecond))
    }

    /// Why the sampler does not work.
    public struct Unavailable: Error, CustomStringConvertible {
        /// What is missing and what to do.
        public let description =
            "/proc/self/task cannot be read; mount proc, or unset HOOFPRINT_WAITS and leave WaitSampler out"
    }

    /// Finds out whether the kernel tells what threads do. Throws ``Unavailable`` where it does not.
    public func start() throws {
        var call: UInt32 = 0
        if hp_look_at_thread(hp_thread_number(), &call) == HP_DOES_UNKNOWN { throw Unavailable() }
    }

    /// Looks at what the threads do.
    public func look(at threads: SpanThreads) {
        for thread in Self.some(of: threads) {
            var call: UInt32 = 0
            var does = hp_look_at_thread(thread.number, &call)
            // It went on meanwhile, whatever it may be doing by now.
            if !thread.isInSpanStill { does = HP_DOES_RUN }
            if does != HP_DOES_CALL { call = 0 }
            count(Key(path: thread.path, does: does.rawValue, call: call))
        }
    }

    private func count(_ key: Key) {
        let isCounted = counts.withLock { counts in
            guard counts.count < Self.maximumPairs || counts[key] != nil else { return false }
            counts[key, default: 0] += 1
            return true
        }
        if !isCounted { uncounted.withLock { $0 += 1 } }
    }

    /// At most ``maximumThreads`` threads, each as likely as any other (Vitter's algorithm R, TOMS 11, 1985).
    private static func some(of threads: SpanThreads) -> [SpanThread] {
        var chosen: [SpanThread] = []
        for (index, thread) in threads.enumerated() {
            if chosen.count < maximumThreads {
                chosen.append(thread)
            } else {
                let place = Int.random(in: 0...index)
                if place < maximumThreads { chosen[place] = thread }
            }
        }
        return chosen
    }

    /// Returns how often what was done on which path since the last call.
    public func drain() -> [Sample] {
        let taken = counts.withLock { counts in
            defer { counts = [:] }
            return counts
        }
        var samples = taken.map { key, count in
            Sample(path: key.path, what: Self.name(of: hp_does(key.does), call: key.call), count: count)
        }
        let others = uncounted.withLock { count in
            defer { count = 0 }
            return count
        }
        samples.append(Sample(path: nil, what: "(other)", count: others))
        return samples
    }

    static func name(of does: hp_does, call: UInt32) -> String {
        switch does {
        case HP_DOES_RUN: "running"
        case HP_DOES_STOP: "stopped"
        case HP_DOES_LOCK: "lock"
        case HP_DOES_POLL: "poll"
        case HP_DOES_NETWORK: "network"
        case HP_DOES_PIPE: "pipe"
        case HP_DOES_DISK: "disk"
        case HP_DOES_DEVICE: "device"
        case HP_DOES_SLEEP: "sleep"
        case HP_DOES_CHILD: "child"
        case HP_DOES_SIGNAL: "signal"
        case HP_DOES_MEMORY: "memory"
        case HP_DOES_CALL: "syscall:\(call)"
        case HP_DOES_WAIT: "waiting"
        default: "unknown"
        }
    }
}

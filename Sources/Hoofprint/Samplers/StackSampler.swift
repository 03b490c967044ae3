import CHoofprint
import Synchronization

/// Which line inside a function is slow: the stacks that the program's threads are in, many times a second.
///
/// A signal (`SIGPROF`) interrupts a thread, and its handler walks the stack in some hundred nanoseconds by unwind rules
/// that were worked out before, with the system's libunwind, for each code address seen; it takes no lock and allocates
/// nothing. In code of a task it follows the task's async contexts, so that a sample shows the functions that await each
/// other up to the task's first one.
///
/// A sample is counted on the path of the span that is open on its thread, or else in its task. `what` is `cpu`, or in mode
/// ``Mode/wall`` what the thread waits for, as in ``WaitSampler``; `unsampled` counts periods in which a thread could not be
/// interrupted, since it blocks the signal or the system had no timer for it, and signals that came while all places were in
/// use. Threads that live shorter than 0.05 seconds may go unseen, and those shorter than 0.25 seconds where no other has come
/// for two seconds.
///
/// One process samples its stacks once: a second sampler, or another profiler that uses SIGPROF, is refused and told.
/// <doc:SamplingStacks> says what system calls notice of it.
///
/// Memory: 4 MiB while it samples, 2 KiB more for each thread in mode wall.
public final class StackSampler: Sampler {
    /// Which threads are interrupted.
    public enum Mode: String, Sendable, CaseIterable {
        /// Those on a processor, by a timer on each thread's CPU clock. Threads that wait are not disturbed.
        case cpu
        /// All, on and off the processor. A thread that waits is interrupted once and then left alone for as long as it
        /// waits in the same place; what that interrupts may return early with EINTR (signal(7)): `epoll_wait`, `poll`,
        /// `nanosleep`.
        case wall
    }

    /// `stacks`.
    public let name = "stacks"

    /// Which threads are interrupted.
    public let mode: Mode

    /// Samples a second, 1…10,000: of CPU time in mode ``Mode/cpu``, of time in mode ``Mode/wall``. The kernel's timers follow no
    /// faster than its tick, often 250 times a second; a sample then stands for several.
    public let samplesPerSecond: Int

    /// How often samples are collected and new threads looked for: less often while no thread comes.
    public var looksPerSecond: Int {
        switch mode {
        case .wall: samplesPerSecond
        // Four fifths of the places stay free where every processor is busy.
        case .cpu: min(1000, max(Int(hp_stack_looks_wanted()), samplesPerSecond * Int(hp_processor_count()) / 100))
        }
    }

    private struct Seen {
        var counts: [Sample: UInt64] = [:]
        var others: UInt64 = 0
        var unsampled: UInt64 = 0
    }

    private let findsSpans: Bool
    private let seen = Mutex(Seen())

    /// Different stacks between two flushes; what comes beyond counts as `(other)`.
    private static let maximumStacks = 4096

    /// Makes the sampler.
    ///
    /// - Parameters:
    ///   - samplesPerSecond: 1…10,000, in mode wall 1…1000; others are brought into that range. 99 rather than 100, so that
    ///     no rhythm of the program is in step with it.
    ///   - mode: Which threads are interrupted.
    public convenience init(samplesPerSecond: Int = 99, mode: Mode = .cpu) {
        self.init(samplesPerSecond: samplesPerSecond, mode: mode, findsSpans: true)
    }

    /// The same; without `findsSpans` it starts no task, so that nothing of Swift's thread pool comes into being.
    package init(samplesPerSecond: Int, mode: Mode, findsSpans: Bool) {
        self.findsSpans = findsSpans
        self.samplesPerSecond = min(mode == .cpu ? 10_000 : 1000, max(1, samplesPerSecond))
        self.mode = mode
    }

    /// Why stacks cannot be sampled.
    public struct Unavailable: Error, CustomStringConvertible {
        /// What is in the way and what to do.
        public let description: String
    }

    /// Begins to interrupt threads. Throws ``Unavailable``.
    public func start() throws {
        let problem = hp_start_stacks(mode == .cpu ? HP_STACKS_CPU : HP_STACKS_WALL, UInt32(samplesPerSecond))
        if let problem { throw Unavailable(description: String(cString: problem)) }
        if findsSpans { SpanContext.findInSignals() }
        if let limit = hp_stack_limit() {
            Diagnostics.say(
                "\(String(cString: limit)): stacks are walked by frame pointers alone, which C code seldom has")
        }
    }

    /// Collects samples.
    public func look(at threads: SpanThreads) {
        if let problem = hp_look_at_stacks() { Diagnostics.say(String(cString: problem)) }
        withUnsafeTemporaryAllocation(of: hp_stack.self, capacity: 1) { stack in
            guard let stack = stack.baseAddress else { return }
            while hp_take_stack(stack) { count(stack) }
        }
    }

    /// Ends it: no thread is interrupted any more.
    public func stop() { hp_stop_stacks() }

    private func count(_ stack: UnsafePointer<hp_stack>) {
        let sample = sample(of: stack)
        let weight = UInt64(stack.pointee.weight)
        seen.withLock { seen in
            guard seen.counts.count < Self.maximumStacks || seen.counts[sample] != nil else {
                seen.others &+= weight
                return
            }
            seen.counts[sample, default: 0] &+= weight
        }
    }

    /// The sample with the count 0.
    private func sample(of stack: UnsafePointer<hp_stack>) -> Sample {
        let flags = stack.pointee.flags
        return Sample(
            path: stack.pointee.path == 0 ? nil : SpanPath(id: stack.pointee.path),
            what: mode == .cpu ? "cpu" : WaitSampler.name(of: hp_does(stack.pointee.does), call: stack.pointee.call),
            count: 0, frames: Self.addresses(hp_stack_frames(stack), stack.pointee.frame_count),
            callers: Self.addresses(hp_stack_callers(stack), stack.pointee.caller_count),
            isCut: flags & UInt32(HP_STACK_CUT) != 0,
            isPhysicalOnly: flags & UInt32(HP_STACK_PHYSICAL) != 0)
    }

    private static func addresses(_ first: UnsafePointer<UInt64>, _ count: UInt32) -> [UInt64] {
        Array(UnsafeBufferPointer(start: first, count: Int(count)))
    }

    /// Returns the stacks seen since the last call.
    public func drain() -> [Sample] {
        let lost = hp_count_stacks()
        let taken = seen.withLock { seen in
            defer {
                seen.counts = [:]
                seen.others = 0
                seen.unsampled = lost.unsampled + lost.no_room
            }
            seen.unsampled = lost.unsampled + lost.no_room - seen.unsampled
            return seen
        }
        var samples = taken.counts.map { sample, count in
            var sample = sample
            sample.count = count
            return sample
        }
        samples.append(Sample(path: nil, what: "(other)", count: taken.others))
        samples.append(Sample(path: nil, what: "unsampled", count: taken.unsampled))
        return samples
    }
}

/// Looks at the program's threads many times a second, and says at every flush what it saw.
///
/// The recorder does what is the same for all samplers: each has a thread of its own, on which all signals are blocked;
/// it is started and stopped with recording and ``HoofprintSystem/isSampling``, is idle while the process forks, and starts
/// again in a forked child that records. What it saw is counted per call path, bounded, and written as `sample` records.
///
/// ``look(at:)`` is called on the sampler's thread, the others on the flush thread, ``drain()`` perhaps during a look. None of
/// them may wait for the program, open spans, or take longer than some milliseconds: a look that hangs delays every fork
/// by half a second, a drain that hangs the log.
///
/// <doc:Samplers> shows a whole one.
public protocol Sampler: Sendable {
    /// The sampler's name in the log.
    var name: String { get }

    /// How often ``look(at:)`` is called, 1…10,000 times a second on average. The pauses are drawn at random around that, so
    /// that no rhythm of the program is in step with them; looks that come late are not made up for. It is asked
    /// before each pause. 0: never, for a sampler that has timers of its own.
    var looksPerSecond: Int { get }

    /// Called before the first look, and again after a ``stop()``; in a forked child without one, where threads and timers
    /// that an earlier call made are no more. Throws where the sampler cannot work here: it is told on standard error, and
    /// the program goes on without it until sampling is switched on anew.
    func start() throws

    /// Looks at the program once. `threads` are those inside a span now.
    func look(at threads: SpanThreads)

    /// Called after the last look, or after 0.1 seconds where a look has not come back.
    func stop()

    /// Returns what was seen since the last call, and forgets it. Cost: each distinct ``Sample`` is a line in the log.
    func drain() -> [Sample]
}

extension Sampler {
    /// There is nothing to make ready.
    public func start() {}

    /// There is nothing to take down.
    public func stop() {}
}

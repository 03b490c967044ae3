import CHoofprint
import Synchronization
import TraceLog

extension HoofprintSystem {
    private static let samplingSwitch = Atomic(true)

    /// Whether samplers work while spans are recorded; true at first, and may be switched at any time. The flush thread
    /// follows within milliseconds.
    public static var isSampling: Bool {
        get { samplingSwitch.load(ordering: .relaxed) }
        set {
            samplingSwitch.store(newValue, ordering: .relaxed)
            hp_wake_flush()
        }
    }
}

/// The samplers of a session, their threads, and what they saw. Used by the flush thread alone.
struct SamplerSet {
    private let samplers: [any Sampler]
    private let threads: SpanThreads
    /// The samplers that were started, with their threads where they have one.
    private var started: [(sampler: any Sampler, thread: SamplerThread?)] = []
    private var isOn = false
    private var table = SampleTable()
    private var names = CodeNames()

    init(_ samplers: [any Sampler], _ store: Store) {
        self.samplers = samplers
        threads = SpanThreads(store: store.memory)
    }

    /// Starts or stops the samplers as recording and sampling are switched.
    mutating func follow() {
        let isWanted = hp_is_recording() && HoofprintSystem.isSampling
        guard isWanted != isOn else { return }
        isOn = isWanted
        isWanted ? start() : stop()
    }

    private mutating func start() {
        for sampler in samplers {
            // In a forked child: what the parent's threads saw is the parent's to write.
            _ = sampler.drain()
            do {
                try sampler.start()
            } catch {
                Diagnostics.say("the sampler '\(sampler.name)' does not work here: \(error)")
                continue
            }
            guard sampler.looksPerSecond > 0 else {
                started.append((sampler, nil))
                continue
            }
            let thread = SamplerThread(sampler, threads)
            if thread.start() {
                started.append((sampler, thread))
            } else {
                Diagnostics.say("the system gives the sampler '\(sampler.name)' no thread; it does not look")
                sampler.stop()
            }
        }
    }

    private mutating func stop() {
        for (sampler, thread) in started {
            thread?.stop()
            sampler.stop()
        }
        started = []
        collect()
    }

    /// Takes what was seen since the last call.
    mutating func collect() {
        for sampler in samplers { table.add(sampler.drain(), of: sampler.name, names: &names) }
    }

    /// Writes the counters that changed, and before them what names the code in their stacks. The paths that were there when ``collect()`` was called are in the log.
    mutating func write(to writer: inout RecordWriter) {
        names.write(to: &writer)
        for record in table.takeChanged() { writer.write(.sample(record)) }
    }

    /// Makes the next write give every counter again, for a log that begins anew.
    mutating func startOver() {
        table.startOver()
        names.startOver()
    }
}

import CHoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The thread on which a sampler looks at the others.
final class SamplerThread: @unchecked Sendable {
    // Sound: what both threads use are the two words, which are read and set atomically.
    private let sampler: any Sampler
    private let threads: SpanThreads
    private let isStopping = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private let hasEnded = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)

    /// How long a look may go on before the thread is left to itself, nanoseconds.
    private static let patience: UInt64 = 100_000_000

    init(_ sampler: any Sampler, _ threads: SpanThreads) {
        self.sampler = sampler
        self.threads = threads
        isStopping.initialize(to: 0)
        hasEnded.initialize(to: 0)
    }

    deinit {
        isStopping.deallocate()
        hasEnded.deallocate()
    }

    /// Starts looking. Returns false where the system has no thread to give.
    func start() -> Bool {
        let context = Unmanaged.passRetained(self).toOpaque()
        if hp_start_sampler_thread(runSamplerThread, context) { return true }
        Unmanaged<SamplerThread>.fromOpaque(context).release()
        return false
    }

    /// Ends the thread. One whose look does not come back is left to end when it does.
    func stop() {
        hp_set_word(isStopping, 1)
        let deadline = Self.now() + Self.patience
        while hp_word(hasEnded) == 0 {
            let now = Self.now()
            guard now < deadline else { return }
            hp_wait_while(hasEnded, 0, deadline - now)
        }
    }

    fileprivate func run() {
        var next = Self.now() + UInt64(period * Double.random(in: 0...1))
        while hp_word(isStopping) == 0 {
            let now = Self.now()
            guard now >= next else {
                hp_work_ended()
                hp_wait_while(isStopping, 0, next - now)
                hp_work_began()
                continue
            }
            sampler.look(at: threads)
            next = max(Self.now(), next + UInt64(period * Double.random(in: 0.5...1.5)))
        }
        hp_set_word(hasEnded, 1)
    }

    /// Between two looks on average, nanoseconds.
    private var period: Double { 1e9 / Double(min(10_000, max(1, sampler.looksPerSecond))) }

    private static func now() -> UInt64 { hp_clock_ns(CLOCK_MONOTONIC) }
}

/// A sampler thread's first function.
private func runSamplerThread(_ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<SamplerThread>.fromOpaque(context).takeRetainedValue().run()
    hp_work_ended()
}

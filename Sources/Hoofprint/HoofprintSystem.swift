import CHoofprint
import Synchronization
import TraceLog

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Recording of this process: set up once, in `main`.
///
/// ```swift
/// HoofprintSystem.bootstrap()
/// defer { HoofprintSystem.shutdown() }
/// ```
///
/// Without a bootstrap spans do nothing. `HOOFPRINT_*` variables say what is recorded:
///
/// | variable | meaning | default |
/// |---|---|---|
/// | `HOOFPRINT` | `off`, `aggregate`, `every` | `aggregate` |
/// | `HOOFPRINT_SINK` | `stderr`, `file:PATH`, `journald`, `syslog`, `none`; several with a comma | `stderr` |
/// | `HOOFPRINT_FLUSH` | seconds between flushes | 10 |
/// | `HOOFPRINT_SLOWEST` | slowest requests of each root written as whole trees, per flush | 3 |
/// | `HOOFPRINT_OPEN` | spans open for so many seconds are written at every flush | 10 |
/// | `HOOFPRINT_MEMORY` | bound on the recorder's memory | 16 MiB |
/// | `HOOFPRINT_RING` | where memory is kept in case of a `kill -9`: `PATH` makes `PATH.PID`; `off` | beside a file sink |
/// | `HOOFPRINT_SIGNALS` | `off`: signals that end the process, and crashes, are not watched | on |
/// | `HOOFPRINT_CLOCK` | `auto`; `monotonic`: the system's clock although the processor's counter seems fit | `auto` |
/// | `HOOFPRINT_ATTRIBUTES` | `off`, `all`, or the keys whose values are written | `off` |
/// | `HOOFPRINT_WAITS` | looks a second at what threads inside spans wait for, 1…1000; `off` | `off` |
/// | `HOOFPRINT_SAMPLE` | stack samples a second: `99`, `99:cpu`, `99:wall`; `off` | `off` |
/// | `HOOFPRINT_FILE_BYTES` | size at which a file sink rotates; 0: never | 0 |
/// | `HOOFPRINT_FILES` | how many rotated files are kept | 5 |
///
/// `journald:SOCKET` and `syslog:SOCKET` name the daemon's socket where it is not in the usual place, see ``JournaldSink`` and
/// ``SyslogSink``.
///
/// Every call is safe at any time from any thread, and never throws.
public enum HoofprintSystem {
    private enum Phase {
        case new
        case running(FlushThread)
        case ended
    }

    private static let phase = Mutex(Phase.new)

    /// Whether an instrumented build began before its `main` did.
    private static let startedItself = Atomic(false)

    /// How long a flush or a shutdown waits for a sink that blocks.
    private static let patienceNanoseconds: UInt64 = 2_000_000_000

    /// Starts recording as the environment says. Call it once, first in `main`; a second call is told on standard error and
    /// changes nothing. In a build of `scripts/instrument`, which has begun by itself with the same settings, it does nothing.
    ///
    /// Takes some two milliseconds, for choosing and calibrating the clock and measuring what a span costs.
    public static func bootstrap() {
        if !takeOverOwnStart() { bootstrap(.fromEnvironment) }
    }

    /// Whether this is an instrumented build, which began before its `main` did, and whose ``bootstrap()`` has not been called.
    package static func takeOverOwnStart() -> Bool { startedItself.exchange(false, ordering: .relaxed) }

    /// Starts recording before `main`, for ``bootstrap()`` to find it done.
    package static func startItself() {
        startedItself.store(true, ordering: .relaxed)
        bootstrap(.fromEnvironment)
    }

    /// Starts recording. Call it once, first in `main`; a second call is told on standard error and changes nothing.
    ///
    /// - Parameter configuration: What is recorded and where it goes.
    public static func bootstrap(_ configuration: Configuration) {
        guard !start(configuration) else { return }
        Diagnostics.say(
            startedItself.load(ordering: .relaxed)
                ? "this build began to record as the environment says, and not as bootstrap is told in the code; to have that, "
                    + "instrument it with --no-start"
                : "bootstrap was called a second time; the first configuration stays")
    }

    /// Starts recording where nobody has before; false where somebody has, and nothing is changed.
    package static func start(_ configuration: Configuration) -> Bool {
        phase.withLock { phase in
            guard case .new = phase else { return false }
            hp_find_error_output()
            guard configuration.mode != .off else {
                phase = .ended
                return true
            }
            hp_clock_start(configuration.clock == .automatic)
            SpanContext.findInPlace()
            SpanText.policy.withLock { $0 = configuration.attributes }
            phase = begin(configuration, spanCostPicoseconds: hp_measure_span_cost())
            guard case .running = phase else { return true }
            atexit { HoofprintSystem.shutdown() }
            hp_watch_forks { HoofprintSystem.beginAgain() }
            if configuration.watchesSignals { hp_watch_signals() }
            return true
        }
    }

    private static func begin(_ configuration: Configuration, spanCostPicoseconds: UInt64) -> Phase {
        guard let thread = FlushThread(configuration, spanCostPicoseconds: spanCostPicoseconds), thread.start() else {
            Diagnostics.say("the system gives no memory or no thread to write the log with; nothing is recorded")
            hp_set_state(UInt32(HP_OFF))
            return .ended
        }
        hp_set_state(UInt32(configuration.mode == .every ? HP_EVERY : HP_AGGREGATE))
        // Samplers start with recording.
        hp_wake_flush()
        return .running(thread)
    }

    /// In a forked child that records: begins a session of its own.
    private static func beginAgain() {
        phase.withLock { phase in
            guard case .running(let parent) = phase, parent.session.pid != getpid() else { return }
            // Never given back: what the parent's other threads were waiting for in it cannot be taken down here.
            _ = Unmanaged.passRetained(parent)
            phase = begin(parent.configuration, spanCostPicoseconds: parent.session.record.spanCostPicoseconds)
        }
    }

    /// Whether spans are recorded; may be switched at any time after the bootstrap. Open spans end as they began.
    public static var isRecording: Bool {
        get { hp_is_recording() }
        set {
            if newValue, isForked { beginAgain() }
            phase.withLock { phase in
                guard case .running(let thread) = phase, thread.session.pid == getpid() else { return }
                let mode = thread.session.record.mode == Configuration.Mode.every.rawValue ? HP_EVERY : HP_AGGREGATE
                hp_set_state(UInt32(newValue ? mode : HP_OFF))
                hp_wake_flush()
            }
        }
    }

    private static var isForked: Bool {
        phase.withLock { if case .running(let thread) = $0 { thread.session.pid != getpid() } else { false } }
    }

    /// Writes what was recorded so far, and waits until it is written: at most two seconds, where a sink blocks.
    public static func flush() {
        let isRunning = phase.withLock {
            if case .running(let thread) = $0 { thread.session.pid == getpid() } else { false }
        }
        if isRunning, !hp_await_flush(hp_request_flush(false), patienceNanoseconds) { tellBlocked() }
    }

    /// Ends recording and writes what was recorded, waiting at most two seconds. Exiting does it too; a second call
    /// does nothing.
    public static func shutdown() {
        let isRunning = phase.withLock { phase in
            guard case .running(let thread) = phase else { return false }
            phase = .ended
            return thread.session.pid == getpid()
        }
        guard isRunning else { return }
        hp_set_state(UInt32(HP_OFF))
        if !hp_await_flush(hp_request_flush(true), patienceNanoseconds) { tellBlocked() }
    }

    private static func tellBlocked() {
        Diagnostics.say("a log sink has blocked for two seconds; what it did not take is lost")
    }
}

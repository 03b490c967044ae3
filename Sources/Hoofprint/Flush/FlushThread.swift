import CHoofprint
import Synchronization
import TraceLog

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The thread that writes the log. Everything that may block or take time happens here.
final class FlushThread: @unchecked Sendable {
    // Sound: what is mutable is touched by the flush thread alone; others only use `signal`.
    let signal = FlushSignal()
    let session: Session
    private let configuration: HoofprintSystem.Configuration
    private var writer: RecordWriter
    private var tables = PathTables()
    private var drain = SpanDrain()
    private var exemplars: ExemplarCollector
    private var writtenDrops = DropsRecord()
    private var nextTablesNanoseconds: UInt64 = 0

    /// The tables are repeated this often, so that a log cut anywhere still decodes.
    private static let tablesInterval: UInt64 = 600_000_000_000

    /// What an application's thread wakes to have a request gathered.
    private static let gatherer = Mutex<FlushSignal?>(nil)

    /// How many open spans are written at a flush, at most.
    private static let maximumOpenSpans = 64

    /// In mode `every`, rings are emptied this often, in seconds.
    private static let drainSeconds = 0.005

    init(_ configuration: HoofprintSystem.Configuration, spanCostPicoseconds: UInt64) {
        self.configuration = configuration
        session = Session(
            mode: configuration.mode, flushSeconds: configuration.flushSeconds,
            spanCostPicoseconds: spanCostPicoseconds)
        writer = RecordWriter(session: session.tag, sinks: configuration.sinks)
        exemplars = ExemplarCollector(perRoot: configuration.slowest)
    }

    /// Starts the thread; it ends after a request to stop. Returns false where the system has no thread to give.
    func start() -> Bool {
        Self.gatherer.withLock { $0 = signal }
        hp_set_exemplars(UInt32(configuration.slowest)) {
            FlushThread.gatherer.withLock { $0 }?.announceWork()
        }
        let context = Unmanaged.passRetained(self).toOpaque()
        if hp_start_thread(runFlushThread, context) { return true }
        Unmanaged<FlushThread>.fromOpaque(context).release()
        return false
    }

    fileprivate func run() {
        let isEvery = configuration.mode == .every
        var nextFlush = Self.seconds() + configuration.flushSeconds
        while true {
            let untilFlush = max(0, nextFlush - Self.seconds())
            let wake = signal.wait(seconds: isEvery ? min(Self.drainSeconds, untilFlush) : untilFlush)
            exemplars.collect()
            switch wake {
            case .time:
                if Self.seconds() >= nextFlush {
                    flush()
                    nextFlush = Self.seconds() + configuration.flushSeconds
                } else if isEvery {
                    drainSpans(session.clockRecord())
                }
            case .request(let number):
                flush()
                signal.complete(number)
            case .stop(let number):
                flush(isLast: true)
                signal.complete(number)
                return
            }
        }
    }

    /// Seconds of the monotonic clock.
    private static func seconds() -> Double { Double(hp_clock_ns(CLOCK_MONOTONIC)) / 1e9 }

    /// Writes everything recorded since the last flush.
    private func flush(isLast: Bool = false) {
        guard getpid() == session.pid else { return }
        let clock = session.clockRecord()
        if writer.prepare() || clock.monotonicNanoseconds >= nextTablesNanoseconds {
            nextTablesNanoseconds = clock.monotonicNanoseconds + Self.tablesInterval
            tables.startOver()
            writer.write(.session(session.record))
        }
        writer.write(.clock(clock))
        if configuration.mode == .every { drainSpans(clock, isLast: isLast) }
        tables.writeNames(to: &writer)
        if configuration.mode == .aggregate {
            tables.writeStats(ticksPerSecond: clock.ticksPerSecond, to: &writer)
        }
        exemplars.write(session: session, ticksPerSecond: clock.ticksPerSecond, to: &writer)
        writeOpenSpans(clock)
        tables.writeErrors(SpanText.errors.withLock { $0 }, to: &writer)
        writeProbes()
        writeDrops()
        if isLast { writer.write(.end(EndRecord(reason: "shutdown"))) }
        writer.send()
    }

    private func drainSpans(_ clock: ClockRecord, isLast: Bool = false) {
        var spans: [SpanRecord] = []
        drain.drain(session: session, ticksPerSecond: clock.ticksPerSecond, isLast: isLast) { spans.append($0) }
        guard !spans.isEmpty else { return }
        tables.writeNames(to: &writer)
        for span in spans { writer.write(.span(span)) }
        writer.send()
    }

    private func writeOpenSpans(_ clock: ClockRecord) {
        let scale = TickScale(session: session, ticksPerSecond: clock.ticksPerSecond)
        let threshold = UInt64(configuration.openSeconds * Double(clock.ticksPerSecond))
        let now = session.startTicks + clock.ticks
        guard now > threshold else { return }
        var spans = Array(repeating: hp_open_span(), count: 16 * Self.maximumOpenSpans)
        let count = hp_open_spans(now - threshold, &spans, spans.count)
        for span in spans[..<count].sorted(by: { $0.start < $1.start }).prefix(Self.maximumOpenSpans) {
            writer.write(
                .open(
                    OpenRecord(
                        path: UInt64(span.path), request: span.request, thread: UInt64(span.thread),
                        startNanoseconds: scale.sinceStart(span.start),
                        ageNanoseconds: scale.nanoseconds(now - span.start))))
        }
    }

    private func writeProbes() {
        for probe in configuration.probes {
            let counters = probe.read().prefix(40).map {
                ProbeRecord.Counter(name: $0.name, value: $0.value)
            }
            if !counters.isEmpty { writer.write(.probe(ProbeRecord(name: probe.name, counters: counters))) }
        }
    }

    private func writeDrops() {
        let losses = hp_loss_totals()
        let drops = DropsRecord(
            lines: writer.lostLines, spans: losses.spans, paths: losses.paths, misused: losses.misused,
            requests: hp_missed_offers(), clockSteps: losses.clock_steps)
        guard drops != writtenDrops else { return }
        writtenDrops = drops
        writer.write(.drops(drops))
    }
}

/// The flush thread's first function.
private func runFlushThread(_ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<FlushThread>.fromOpaque(context).takeRetainedValue().run()
}

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
    private var writtenDrops = DropsRecord(lines: 0, spans: 0, paths: 0, misused: 0)
    private var nextTablesNanoseconds: UInt64 = 0

    /// The tables are repeated this often, so that a log cut anywhere still decodes.
    private static let tablesInterval: UInt64 = 600_000_000_000

    /// In mode `every`, rings are emptied this often, in seconds.
    private static let drainSeconds = 0.005

    init(_ configuration: HoofprintSystem.Configuration, spanCostPicoseconds: UInt64) {
        self.configuration = configuration
        session = Session(
            mode: configuration.mode, flushSeconds: configuration.flushSeconds,
            spanCostPicoseconds: spanCostPicoseconds)
        writer = RecordWriter(session: session.tag, sinks: configuration.sinks)
    }

    /// Starts the thread; it ends after a request to stop. Returns false where the system has no thread to give.
    func start() -> Bool {
        let context = Unmanaged.passRetained(self).toOpaque()
        if hp_start_thread(runFlushThread, context) { return true }
        Unmanaged<FlushThread>.fromOpaque(context).release()
        return false
    }

    fileprivate func run() {
        var untilFlush = configuration.flushSeconds
        while true {
            let isEvery = configuration.mode == .every
            let pause = isEvery ? min(Self.drainSeconds, untilFlush) : untilFlush
            switch signal.wait(seconds: pause) {
            case .time:
                untilFlush -= pause
                if untilFlush <= 0 {
                    flush()
                    untilFlush = configuration.flushSeconds
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
            lines: writer.lostLines, spans: losses.spans, paths: losses.paths, misused: losses.misused)
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

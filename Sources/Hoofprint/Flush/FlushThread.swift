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
    // Sound: what is mutable is touched by the flush thread alone.
    let session: Session
    let configuration: HoofprintSystem.Configuration
    private let store: Store
    private let ring: RingFile?
    private var calibration: ClockCalibration
    private var writer: RecordWriter
    private var tables: PathTables
    private var drain: SpanDrain
    private var exemplars: ExemplarCollector
    private var samplers: SamplerSet
    private var nextTablesNanoseconds: UInt64 = 0

    /// The tables are repeated this often, so that a log cut anywhere still decodes.
    private static let tablesInterval: UInt64 = 600_000_000_000

    /// The rate measured at start is right to a ten-thousandth; so long after, in seconds, to a millionth.
    private static let calibrationSeconds = 0.05

    /// In mode `every`, rings are emptied this often, in seconds.
    private static let drainSeconds = 0.005

    /// Begins a session. Nil: there is no memory.
    init?(_ configuration: HoofprintSystem.Configuration, spanCostPicoseconds: UInt64) {
        ring = RingFile.create(configuration)
        guard hp_open_store(UInt64(max(0, configuration.memoryBytes)), ring?.descriptor ?? -1),
            let memory = hp_own_store()
        else { return nil }
        self.configuration = configuration
        store = Store(memory: memory)
        if let ring, store.head.pointee.kept == 0 { ring.tellNoRoom() }
        session = Session(configuration, spanCostPicoseconds: spanCostPicoseconds)
        calibration = ClockCalibration(
            start: session.start, ticksPerSecond: ClockCalibration.chosenTicksPerSecond)
        store.head.pointee.session = session.tag
        store.head.pointee.start_ticks = session.start.ticks
        store.keep(session.record)
        store.keep(calibration.record(.now()))
        writer = RecordWriter(store: store, sinks: configuration.sinks)
        tables = PathTables(store)
        drain = SpanDrain(store)
        exemplars = ExemplarCollector(perRoot: configuration.slowest)
        samplers = SamplerSet(configuration.samplers, store)
    }

    /// Starts the thread; it ends after a request to stop. Returns false where the system has no thread to give.
    func start() -> Bool {
        hp_set_exemplars(UInt32(configuration.slowest))
        let context = Unmanaged.passRetained(self).toOpaque()
        if hp_start_flush_thread(runFlushThread, context) { return true }
        Unmanaged<FlushThread>.fromOpaque(context).release()
        ring?.remove()
        return false
    }

    fileprivate func run() {
        prepareSinks()
        writer.send()
        if let prefix = configuration.ringPrefix {
            RingFile.recoverAbandoned(prefix: prefix, except: ring?.path, to: configuration.sinks)
        }
        writeUntilStopped()
        hp_flush_ended()
    }

    private func writeUntilStopped() {
        let isEvery = configuration.mode == .every
        var nextFlush = Self.seconds() + configuration.flushSeconds
        let calibrated = Self.seconds() + Self.calibrationSeconds
        samplers.follow()
        while true {
            let now = Self.seconds()
            let next = now < calibrated ? min(calibrated, nextFlush) : nextFlush
            let wake = FlushWake.wait(seconds: max(0, isEvery ? min(Self.drainSeconds, next - now) : next - now))
            exemplars.collect()
            samplers.follow()
            if store.isLost {
                endLostSession()
                return
            }
            switch wake {
            case .time:
                if Self.seconds() >= nextFlush {
                    flush()
                    nextFlush = Self.seconds() + configuration.flushSeconds
                } else {
                    let clock = readClocks()
                    if isEvery { drainSpans(clock) }
                }
            case .request(let number):
                flush()
                hp_complete_flush(number)
            case .stop:
                flush(end: "shutdown")
                ring?.remove()
                hp_complete_flush(.max)
                return
            case .signal(let number):
                flush(end: Self.name(ofSignal: number))
                ring?.remove()
                hp_complete_flush(.max)
                hp_end_by_signal()
                return
            }
        }
    }

    /// Ends a session whose ring file was cut short: the log is right up to the last flush, and nothing follows.
    private func endLostSession() {
        writer.write(.end(EndRecord(reason: "ring file cut short")))
        writer.send()
        ring?.remove()
        Diagnostics.say(
            "the ring file '\(ring?.path ?? "")' was cut short by somebody; what was recorded since the last flush is "
                + "lost, and recording has ended. Keep log rotation away from it, or name another place with "
                + "HOOFPRINT_RING=PATH")
        hp_complete_flush(.max)
        let ending = hp_ending_signal()
        if ending != 0 { hp_end_by_signal() }
    }

    /// Seconds of the monotonic clock.
    private static func seconds() -> Double { Double(hp_clock_ns(CLOCK_MONOTONIC)) / 1e9 }

    private static func name(ofSignal number: Int32) -> String {
        let names = [
            SIGTERM: "SIGTERM", SIGINT: "SIGINT", SIGHUP: "SIGHUP", SIGSEGV: "SIGSEGV", SIGBUS: "SIGBUS",
            SIGILL: "SIGILL", SIGFPE: "SIGFPE", SIGTRAP: "SIGTRAP", SIGABRT: "SIGABRT", SIGSYS: "SIGSYS",
        ]
        return names[number] ?? "signal \(number)"
    }

    /// Lets the sinks look after their files; where one begins a new log, or has lost lines, the tables are written again.
    private func prepareSinks() {
        // A sink may close its descriptor here.
        for index in 0..<UInt32(HP_CRASH_DESCRIPTORS) { hp_set_crash_descriptor(index, -1) }
        let begins = writer.prepare()
        let isFresh = writer.owesTables(isBeginning: begins) || begins
        for (index, sink) in configuration.sinks.enumerated() {
            let prefix = sink.crashPrefix
            let isTaken = hp_set_crash_prefix(UInt32(index), prefix, prefix.count)
            hp_set_crash_descriptor(UInt32(index), isTaken ? sink.crashDescriptor ?? -1 : -1)
        }
        hp_crash_descriptors_are_set()
        let now = hp_clock_ns(CLOCK_MONOTONIC)
        guard isFresh || now >= nextTablesNanoseconds else { return }
        nextTablesNanoseconds = now + Self.tablesInterval
        tables.startOver()
        samplers.startOver()
        writer.write(.session(session.record))
    }

    /// Writes everything recorded since the last flush.
    private func flush(end reason: String? = nil) {
        prepareSinks()
        let clock = readClocks()
        let scale = TickScale(startTicks: session.start.ticks, ticksPerSecond: clock.ticksPerSecond)
        store.keep(clock)
        writer.write(.clock(clock))
        if configuration.mode == .every { drainSpans(clock) }
        samplers.collect()
        tables.writeNames(to: &writer)
        if configuration.mode == .aggregate { tables.writeStats(scale, to: &writer) }
        tables.writeUsage(to: &writer)
        exemplars.write(scale, to: &writer)
        writeOpenSpans(clock, scale)
        tables.writeErrors(SpanText.errors.withLock { $0 }, to: &writer)
        // Nobody waits for longer than two seconds at the end: on a crowded machine the times are then in the log already.
        if reason != nil { writer.send() }
        samplers.write(to: &writer)
        writeProbes()
        writeDrops()
        if let reason { writer.write(.end(EndRecord(reason: reason))) }
        writer.send()
    }

    private func readClocks() -> ClockRecord {
        let clock = calibration.record(.now())
        hp_refine_tick_rate(clock.ticksPerSecond)
        return clock
    }

    private func drainSpans(_ clock: ClockRecord) {
        let scale = TickScale(startTicks: session.start.ticks, ticksPerSecond: clock.ticksPerSecond)
        drain.drain(scale) { span in
            tables.writeNames(to: &writer)
            writer.write(.span(span))
        }
        writer.send()
    }

    private func writeOpenSpans(_ clock: ClockRecord, _ scale: TickScale) {
        let threshold = UInt64(configuration.openSeconds * Double(clock.ticksPerSecond))
        let now = session.start.ticks + clock.ticks
        guard now > threshold else { return }
        OpenSpans(store).write(begunBy: now - threshold, now: now, scale, to: &writer)
    }

    private func writeProbes() {
        for probe in configuration.probes + AddedProbes.all {
            for reading in probe.readings() where !reading.counters.isEmpty {
                let counters = reading.counters.prefix(40).map {
                    ProbeRecord.Counter(name: $0.name, value: $0.value)
                }
                writer.write(.probe(ProbeRecord(name: reading.name, counters: counters)))
            }
        }
    }

    private func writeDrops() {
        let losses = hp_loss_totals(store.memory)
        writer.writeDrops(
            DropsRecord(
                spans: losses.spans, paths: losses.paths, misused: losses.misused, requests: hp_missed_offers(),
                clockSteps: losses.clock_steps + calibration.jumps))
    }
}

/// The flush thread's first function.
private func runFlushThread(_ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<FlushThread>.fromOpaque(context).takeRetainedValue().run()
}

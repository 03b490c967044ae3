import CHoofprint
import TraceLog

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Reads the ring file of a killed process and makes records of what it had not written.
package struct Recovery: ~Copyable {
    private let store: Store

    /// Why a ring file cannot be read.
    package enum Failure: Error, CustomStringConvertible {
        case isEmpty
        case unreadable(reason: String)
        case noRingFile
        case otherBuild
        case noRoom

        package var description: String {
            switch self {
            case .isEmpty: "it is empty"
            case .unreadable(let reason): reason
            case .noRingFile: "it is no ring file, or cut short; remove it if its process is no more"
            case .otherBuild: "another version of Hoofprint wrote it; read it with trace-report of that version"
            case .noRoom: "the addresses it was written at are taken in this process; try again"
            }
        }
    }

    /// Whether a file begins as a ring file does.
    package static func isRingFile(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.starts(with: Array("hhpring1".utf8))
    }

    /// Reads the file; its process must be no more.
    package init(_ descriptor: Int32) throws(Failure) {
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_size == 0 { throw .isEmpty }
        // Killed before the file's first word was written, which is before anything is recorded.
        var word: UInt64 = 0
        if pread(descriptor, &word, MemoryLayout.size(ofValue: word), 0) > 0, word == 0 { throw .isEmpty }
        var memory: OpaquePointer?
        switch hp_read_store(descriptor, &memory) {
        case HP_STORE_READ: break
        case HP_STORE_OTHER_BUILD: throw .otherBuild
        case HP_STORE_NO_ROOM: throw .noRoom
        case HP_STORE_NO_STORE: throw .noRingFile
        default: throw .unreadable(reason: Diagnostics.reason(errno))
        }
        guard let memory else { throw .noRingFile }
        store = Store(memory: memory)
    }

    deinit {
        hp_drop_store(store.memory)
    }

    /// Writes the records; a line that is in the log already has the number it has there. Returns whether every sink took
    /// all.
    package func write(to sinks: [any Sink]) -> Bool {
        var writer = RecordWriter(store: store, sinks: sinks)
        _ = writer.prepare()
        let sent = sentSpans()
        writer.send()
        guard let session = store.session else { return true }
        let clock = store.clock
        let scale = TickScale(startTicks: store.head.pointee.start_ticks, ticksPerSecond: clock.ticksPerSecond)
        writer.write(.session(session))
        writer.write(.clock(clock))
        var tables = PathTables(store)
        tables.writeNames(to: &writer)
        if session.mode == HoofprintSystem.Configuration.Mode.every.rawValue {
            var drain = SpanDrain(store)
            drain.drain(scale) { span in
                if !sent.contains(span.id) { writer.write(.span(span)) }
            }
        } else {
            tables.writeStats(scale, to: &writer)
        }
        tables.writeUsage(to: &writer)
        OpenSpans(store).write(
            begunBy: .max, now: store.head.pointee.start_ticks &+ clock.ticks, scale, to: &writer)
        let losses = hp_loss_totals(store.memory)
        let drops = DropsRecord(
            lines: 0, spans: losses.spans, paths: losses.paths, misused: losses.misused, requests: 0,
            clockSteps: losses.clock_steps)
        writer.write(.drops(drops))
        writer.write(.end(EndRecord(reason: "killed")))
        writer.send()
        return !writer.hasLostLines
    }

    /// The spans whose lines were on their way: they may be in a ring still.
    private func sentSpans() -> Set<UInt64> {
        var spans: Set<UInt64> = []
        for line in store.outbox.split(separator: UInt8(ascii: "\n")) {
            if case .record(_, .span(let span)) = RecordDecoder.decode(UnsafeRawBufferPointer(rebasing: line)) {
                spans.insert(span.id)
            }
        }
        return spans
    }
}

import CHoofprint
import TraceLog

/// The memory that spans are recorded in: this process's, or that of a killed one, read from its ring file.
struct Store: @unchecked Sendable {
    // Sound: the flush thread alone uses what is not made for many threads.
    let memory: OpaquePointer

    /// Bytes of lines that are on their way to the sinks, at most.
    static let outboxBytes = Int(HP_OUTBOX_BYTES)

    var head: UnsafeMutablePointer<hp_store_head> { hp_head(memory) }

    /// Whether somebody has cut the ring file short, and with it what was recorded.
    var isLost: Bool { hp_store_is_lost() }

    /// The lines that are on their way to the sinks.
    var outbox: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: hp_outbox(memory), count: Int(head.pointee.outbox_length))
    }

    /// Adds a line to the outbox, which has room for it.
    func append(_ line: [UInt8]) {
        let length = Int(head.pointee.outbox_length)
        (hp_outbox(memory) + length).update(from: line, count: line.count)
        head.pointee.outbox_length = UInt32(length + line.count)
    }

    /// Keeps the session's first record for who reads the ring file.
    func keep(_ session: SessionRecord) {
        let line = Record.session(session).encoded(RecordHeader(session: head.pointee.session, sequence: 0))
        guard line.count <= Int(HP_SESSION_BYTES) else { return }
        hp_session_line(memory).update(from: line, count: line.count)
        head.pointee.session_length = UInt32(line.count)
    }

    /// Keeps a flush's clocks for who reads the ring file.
    func keep(_ clock: ClockRecord) {
        head.pointee.ticks_per_second = clock.ticksPerSecond
        head.pointee.last_wall = clock.wallNanoseconds
        head.pointee.last_monotonic = clock.monotonicNanoseconds
        head.pointee.last_ticks = clock.ticks
    }

    /// The clocks of the last flush.
    var clock: ClockRecord {
        ClockRecord(
            wallNanoseconds: head.pointee.last_wall, monotonicNanoseconds: head.pointee.last_monotonic,
            ticks: head.pointee.last_ticks, ticksPerSecond: max(1, head.pointee.ticks_per_second))
    }

    /// What ``keep(_:)-(SessionRecord)`` kept.
    var session: SessionRecord? {
        let length = Int(head.pointee.session_length)
        let line = UnsafeRawBufferPointer(start: hp_session_line(memory), count: max(0, length - 1))
        guard case .record(_, .session(let session)) = RecordDecoder.decode(line) else { return nil }
        return session
    }
}

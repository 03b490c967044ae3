import CHoofprint
import TraceLog

/// Numbers records, gathers their lines and gives them to the sinks.
///
/// Lines wait in the store: what was written is safe, even before it is sent.
struct RecordWriter {
    private let store: Store
    private let sinks: [any Sink]

    /// Lines that a sink did not take, over all sinks.
    private(set) var lostLines: UInt64 = 0

    init(store: Store, sinks: [any Sink]) {
        self.store = store
        self.sinks = sinks
    }

    /// Prepares the sinks; returns whether one of them starts a new log.
    func prepare() -> Bool {
        var isFresh = false
        for sink in sinks where sink.prepare() { isFresh = true }
        return isFresh
    }

    /// Adds a record; full batches go to the sinks at once.
    ///
    /// Where the store was lost, only the record of the session's end is taken: what others say was read from memory that is
    /// not there any more.
    mutating func write(_ record: Record) {
        if store.isLost, record.kind != .end { return }
        let header = RecordHeader(session: store.head.pointee.session, sequence: hp_take_line_number(store.memory))
        let line = record.encoded(header)
        if store.outbox.count + line.count > Store.outboxBytes { send() }
        store.append(line)
    }

    /// Gives what was gathered to the sinks.
    mutating func send() {
        let lines = store.outbox
        guard !lines.isEmpty else { return }
        for sink in sinks {
            let taken = sink.write(lines)
            guard taken < lines.count else { continue }
            lostLines += UInt64(lines[max(0, taken)...].count { $0 == UInt8(ascii: "\n") })
        }
        store.head.pointee.outbox_length = 0
    }
}

import CHoofprint
import TraceLog

/// Numbers records, gathers their lines and gives them to the sinks.
///
/// Lines wait in the store: what was written is safe, even before it is sent.
struct RecordWriter {
    private let store: Store
    private let sinks: [any Sink]

    /// Lines that each sink did not take.
    private var lostLines: [UInt64]
    /// What each sink's last `drops` record said.
    private var writtenDrops: [DropsRecord]

    /// What is owed to a sink that lost lines: names and counters among them are not written again by themselves.
    private enum Tables {
        case written
        case repeated
        case owed
    }

    private var tables = Tables.written
    private var lostBefore: UInt64 = 0

    /// Whether a sink did not take all.
    var hasLostLines: Bool { lostLines.contains { $0 > 0 } }

    init(store: Store, sinks: [any Sink]) {
        self.store = store
        self.sinks = sinks
        lostLines = sinks.map { _ in 0 }
        writtenDrops = sinks.map { _ in DropsRecord() }
    }

    /// Prepares the sinks; returns whether one of them starts a new log.
    func prepare() -> Bool {
        var isFresh = false
        for sink in sinks where sink.prepare() { isFresh = true }
        return isFresh
    }

    /// Whether the tables are to be written again, asked once a flush: after one that lost lines and, where the repetition lost
    /// some too, after the next that lost none, so that a sink that is too slow is not given ever more.
    ///
    /// - Parameter isBeginning: Whether they are written anyway, since a sink begins a new log.
    mutating func owesTables(isBeginning: Bool) -> Bool {
        let lost = lostLines.reduce(0, +)
        defer { lostBefore = lost }
        guard !isBeginning else {
            tables = .repeated
            return false
        }
        switch (tables, lost > lostBefore) {
        case (.written, true), (.owed, false):
            tables = .repeated
            return true
        case (.repeated, let isLosing):
            tables = isLosing ? .owed : .written
            return false
        case (.written, false), (.owed, true):
            return false
        }
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

    /// Sends what was gathered, and then `drops` if a number changed: to each sink with the count of the lines that it did
    /// not take itself, so that a log does not tell of what another has lost. The record has one number in all logs.
    mutating func writeDrops(_ drops: DropsRecord) {
        send()
        let sinksDrops = lostLines.map { lines in
            var own = drops
            own.lines = lines
            return own
        }
        guard sinksDrops != writtenDrops else { return }
        writtenDrops = sinksDrops
        let header = RecordHeader(session: store.head.pointee.session, sequence: hp_take_line_number(store.memory))
        for (index, own) in sinksDrops.enumerated() {
            store.append(Record.drops(own).encoded(header))
            give(store.outbox, toSink: index)
            store.head.pointee.outbox_length = 0
        }
    }

    /// Gives what was gathered to the sinks.
    mutating func send() {
        let lines = store.outbox
        guard !lines.isEmpty else { return }
        for index in sinks.indices { give(lines, toSink: index) }
        store.head.pointee.outbox_length = 0
    }

    private mutating func give(_ lines: UnsafeRawBufferPointer, toSink index: Int) {
        let taken = sinks[index].write(lines)
        guard taken < lines.count else { return }
        lostLines[index] += UInt64(lines[max(0, taken)...].count { $0 == UInt8(ascii: "\n") })
    }
}

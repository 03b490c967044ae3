import TraceLog

/// Numbers records, gathers their lines and gives them to the sinks.
struct RecordWriter {
    private let session: UInt64
    private let sinks: [any Sink]
    private var sequence: UInt64 = 0
    private var pending: [UInt8] = []

    /// Lines that a sink did not take, over all sinks.
    private(set) var lostLines: UInt64 = 0

    init(session: UInt64, sinks: [any Sink]) {
        self.session = session
        self.sinks = sinks
        pending.reserveCapacity(RecordFormat.maximumLineBytes)
    }

    /// Prepares the sinks; returns whether one of them starts a new log.
    func prepare() -> Bool {
        var isFresh = false
        for sink in sinks where sink.prepare() { isFresh = true }
        return isFresh
    }

    /// Adds a record; full batches go to the sinks at once.
    mutating func write(_ record: Record) {
        let line = record.encoded(RecordHeader(session: session, sequence: sequence))
        sequence += 1
        if pending.count + line.count > RecordFormat.maximumLineBytes { send() }
        pending.append(contentsOf: line)
    }

    /// Gives what was gathered to the sinks.
    mutating func send() {
        guard !pending.isEmpty else { return }
        for sink in sinks {
            let taken = pending.withUnsafeBytes { sink.write($0) }
            guard taken < pending.count else { continue }
            lostLines += UInt64(pending[max(0, taken)...].count { $0 == UInt8(ascii: "\n") })
        }
        pending.removeAll(keepingCapacity: true)
    }
}

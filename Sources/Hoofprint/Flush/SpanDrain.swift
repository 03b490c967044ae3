import CHoofprint
import TraceLog

/// Takes finished spans from the threads' rings, with their texts (mode `every`).
struct SpanDrain {
    private let store: Store
    /// Texts whose span has not come yet, bounded; a span ends soon after its texts were written.
    private var texts: [UInt64: [Text]] = [:]
    private var textRoom = [UInt8](repeating: 0, count: Int(HP_MAX_TEXT))

    private static let maximumSpansWithTexts = 65_536

    private enum Text {
        case attribute(SpanRecord.Attribute)
        case error(String)
    }

    init(_ store: Store) {
        self.store = store
    }

    /// Calls `emit` with every span taken. A span leaves its ring when `emit` is done with it: it is lost to no one who
    /// reads the store of a process that was killed meanwhile.
    mutating func drain(_ scale: TickScale, _ emit: (SpanRecord) -> Void) {
        // Up to here: threads that write faster than they are read must not keep a drain from its end.
        hp_ring_mark(store.memory)
        // A span's texts may stand in other threads' rings, where they are all there: they came before it.
        while takeAll(scale, waitsForTexts: true, emit) {}
        _ = takeAll(scale, waitsForTexts: false, emit)
    }

    /// Takes what is in all rings; returns whether that was anything.
    private mutating func takeAll(_ scale: TickScale, waitsForTexts: Bool, _ emit: (SpanRecord) -> Void) -> Bool {
        var hasTaken = false
        var thread = hp_first_thread(store.memory)
        while let current = thread {
            if take(from: current, scale, waitsForTexts: waitsForTexts, emit) { hasTaken = true }
            thread = hp_next_thread(store.memory, current)
        }
        return hasTaken
    }

    private mutating func take(
        from thread: UnsafeMutablePointer<hp_thread>, _ scale: TickScale, waitsForTexts: Bool,
        _ emit: (SpanRecord) -> Void
    ) -> Bool {
        var entry = hp_span_entry()
        var id: UInt64 = 0
        var length: UInt32 = 0
        var keyLength: UInt32 = 0
        var hasTaken = false
        while true {
            let kind = hp_ring_take(store.memory, thread, &entry, &id, &textRoom, &length, &keyLength)
            switch kind {
            case HP_ENTRY_SPAN:
                if waitsForTexts, texts[entry.id]?.count ?? 0 < Int(entry.texts) { return hasTaken }
                emit(record(entry, scale))
            case HP_ENTRY_ATTRIBUTE, HP_ENTRY_ERROR: keepText(kind, id, Int(length), Int(keyLength))
            default: return hasTaken
            }
            hp_ring_release(thread)
            hasTaken = true
        }
    }

    private mutating func keepText(_ kind: hp_entry_kind, _ id: UInt64, _ length: Int, _ keyLength: Int) {
        guard texts.count < Self.maximumSpansWithTexts else { return }
        let key = String(decoding: textRoom[..<keyLength], as: UTF8.self)
        let value = String(decoding: textRoom[keyLength..<length], as: UTF8.self)
        texts[id, default: []].append(
            kind == HP_ENTRY_ERROR ? .error(value) : .attribute(SpanRecord.Attribute(key: key, value: value)))
    }

    private mutating func record(_ entry: hp_span_entry, _ scale: TickScale) -> SpanRecord {
        var record = SpanRecord(
            path: UInt64(entry.path), id: entry.id, parent: entry.parent, thread: UInt64(entry.thread),
            startNanoseconds: scale.sinceStart(entry.start),
            durationNanoseconds: scale.nanoseconds(entry.duration), selfNanoseconds: scale.nanoseconds(entry.self_time),
            cpuNanoseconds: scale.nanoseconds(entry.cpu))
        // A line has room for some twenty attributes of full length escaped threefold; the first ones are kept.
        var room = RecordFormat.maximumLineBytes - 2 * RecordFormat.maximumValueBytes
        for text in texts.removeValue(forKey: entry.id) ?? [] {
            switch text {
            case .error(let type): record.error = type
            case .attribute(let attribute):
                room -= attribute.key.utf8.count + 3 * attribute.value.utf8.count + 4
                if room >= 0 { record.attributes.append(attribute) }
            }
        }
        return record
    }
}

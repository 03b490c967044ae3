import CHoofprint
import TraceLog

/// Takes finished spans from the threads' rings, with their texts (mode `every`).
struct SpanDrain {
    /// Texts whose span has not come yet, bounded; a span ends soon after its texts were written.
    private var texts: [UInt64: [Text]] = [:]
    /// Spans whose texts, written to another thread's ring, have not all come yet.
    private var waiting: [hp_span_entry] = []

    private static let maximumSpansWithTexts = 65_536

    private enum Text {
        case attribute(SpanRecord.Attribute)
        case error(String)
    }

    /// Calls `emit` with every span taken.
    mutating func drain(
        session: Session, ticksPerSecond: UInt64, isLast: Bool = false, _ emit: (SpanRecord) -> Void
    ) {
        var ready: [hp_span_entry] = []
        swap(&ready, &waiting)
        var thread = hp_first_thread()
        while let current = thread {
            take(from: current, into: &ready)
            thread = current.pointee.next
        }
        for span in ready {
            let isComplete = UInt32(texts[span.id]?.count ?? 0) >= span.texts
            if isComplete || isLast {
                emit(record(span, session, ticksPerSecond))
            } else {
                waiting.append(span)
            }
        }
    }

    private mutating func take(
        from thread: UnsafeMutablePointer<hp_thread>, into spans: inout [hp_span_entry]
    ) {
        var entry = hp_span_entry()
        var id: UInt64 = 0
        var length: UInt32 = 0
        var keyLength: UInt32 = 0
        var bytes = [UInt8](repeating: 0, count: Int(HP_MAX_TEXT))
        while true {
            let kind = hp_ring_take(thread, &entry, &id, &bytes, &length, &keyLength)
            switch kind {
            case HP_ENTRY_SPAN: spans.append(entry)
            case HP_ENTRY_ATTRIBUTE, HP_ENTRY_ERROR:
                guard texts.count < Self.maximumSpansWithTexts else { continue }
                let key = String(decoding: bytes[..<Int(keyLength)], as: UTF8.self)
                let value = String(decoding: bytes[Int(keyLength)..<Int(length)], as: UTF8.self)
                texts[id, default: []].append(
                    kind == HP_ENTRY_ERROR
                        ? .error(value) : .attribute(SpanRecord.Attribute(key: key, value: value)))
            default: return
            }
        }
    }

    private mutating func record(
        _ entry: hp_span_entry, _ session: Session, _ ticksPerSecond: UInt64
    ) -> SpanRecord {
        func nanoseconds(_ ticks: UInt64) -> UInt64 {
            Session.scale(ticks, by: 1_000_000_000, dividedBy: ticksPerSecond)
        }
        var record = SpanRecord(
            path: UInt64(entry.path), id: entry.id, parent: entry.parent, thread: UInt64(entry.thread),
            startNanoseconds: nanoseconds(session.ticksSinceStart(entry.start)),
            durationNanoseconds: nanoseconds(entry.duration), selfNanoseconds: nanoseconds(entry.self_time),
            cpuNanoseconds: nanoseconds(entry.cpu))
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

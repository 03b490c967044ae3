import CLogScan
import TraceLog

/// When a span was open, and on which thread, straight from the text of its `span` record in the plain form, as ``SpanTable``
/// reads it. The decoder reads the same records at a fifth of the speed, and all others.
struct TimedSpan {
    let sequence: UInt64
    let path: UInt64
    let thread: UInt64
    let start: UInt64
    let duration: UInt64

    /// Takes a record of a session, that ends in a line feed; nil: it is something else, not in the plain form, or damaged.
    init?(at start: UnsafeRawPointer, session: SessionText) {
        var place = start + RecordFormat.markerBytes.count
        // "span ", the tag, and a space.
        guard (0..<22).allSatisfy({ place.load(fromByteOffset: $0, as: UInt8.self) == session.header[$0] }) else {
            return nil
        }
        place += 22
        guard let sequence = hp_log_span.number(&place), hp_log_span.take(0x3d68_7461_7020, 6, &place),  // " path="
            let path = hp_log_span.number(&place), hp_log_span.take(0x3d64_6920, 4, &place),  // " id="
            hp_log_span.skipNumber(&place), hp_log_span.take(0x3d_746e_6572_6170_20, 8, &place),  // " parent="
            hp_log_span.skipNumber(&place), hp_log_span.take(0x3d_6461_6572_6874_20, 8, &place),  // " thread="
            let thread = hp_log_span.number(&place), hp_log_span.take(0x3d_7472_6174_7320, 7, &place),  // " start="
            let begin = hp_log_span.number(&place), hp_log_span.take(0x3d6b_6f6f_7420, 6, &place),  // " took="
            let took = hp_log_span.number(&place), hp_log_span.take(0x3d66_6c65_7320, 6, &place),  // " self="
            let own = hp_log_span.number(&place), hp_log_span.take(0x3d75_7063_20, 5, &place),  // " cpu="
            let cpu = hp_log_span.number(&place)
        else { return nil }
        let covered = place - start
        guard hp_log_span.take(0x3d6320, 3, &place) else { return nil }  // " c="
        switch place.load(fromByteOffset: 8, as: UInt8.self) {
        case 0x0a, 0x0d, 0x22, 0x5c: break  // the line's end, or a wrapper's: \n \r " \
        default: return nil
        }
        let span = hp_log_span(
            sequence: sequence, path: path, took: took, self: own, cpu: cpu,
            start: start.assumingMemoryBound(to: UInt8.self), covered: covered)
        guard span.isRight(session) else { return nil }
        (self.sequence, self.path, self.thread, self.start, duration) = (sequence, path, thread, begin, took)
    }
}
